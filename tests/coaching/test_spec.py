"""How the coach leads stands in a file; another number there leads otherwise, a wrong one is refused."""

import pytest
from led import hold, led, plan, posed

from coach.coaching.cues import CueKind
from coach.coaching.spec import STANDARD, CoachingSpec, CueExpiry
from coach.errors import UsageError
from coach.shell.profile.toml_files import config_dir, load_coaching, merged, read_toml, validated
from coach.simulation.face_pose import FacePose

FILE = config_dir() / "coaching.toml"
CHEEK = ("cheek_raiser", 1, hold(1.0))


def changed(over: dict) -> CoachingSpec:
    return validated(CoachingSpec, merged(read_toml(FILE), over), "coaching.toml")


def test_the_file_has_every_number_and_the_standard_is_the_file():
    """Whoever reads the file sees what is used, and whoever leads without it leads the same way."""
    assert load_coaching() == STANDARD
    assert merged(STANDARD.model_dump(by_alias=True), read_toml(FILE)).keys() == read_toml(FILE).keys()
    for section, table in STANDARD.model_dump(by_alias=True).items():
        if isinstance(table, dict):
            assert table.keys() == read_toml(FILE)[section].keys(), section


def test_older_recordings_can_be_read():
    """What a session waits for after a pause was called a count-in when they were made."""
    assert CoachingSpec.model_validate({"count_in": {"lasts_s": 3.0}}).resume_wait.lasts_s == 3.0
    assert changed({"resume_wait": {"lasts_s": 3.0}}).resume_wait.lasts_s == 3.0


def test_a_cue_of_every_kind_may_wait_for_as_long_as_the_file_says():
    """Each kind has a line of its own."""
    table = {f"{kind.name.lower()}_s": 10.0 + kind for kind in CueKind}
    expiry = CueExpiry.model_validate(table)
    assert [expiry.of(kind) for kind in CueKind] == [10.0 + kind for kind in CueKind]


@pytest.mark.parametrize(
    ("over", "key"),
    [
        ({"held": {"rest_s": -1.0}}, "held.rest_s"),
        ({"held": {"unanswered_s": []}}, "held.unanswered_s"),
        ({"jaw": {"tries": 0}}, "jaw.tries"),
        ({"memory": {"rests_s": 1.0}}, "memory.rests_s"),
        ({"expiry": {"hold_s": float("nan")}}, "expiry.hold_s"),
    ],
)
def test_a_wrong_number_is_refused_by_its_name(over, key):
    """File and key are named, so that it can be put right."""
    with pytest.raises(UsageError, match=f"coaching.toml: .*{key}"):
        changed(over)


def test_a_person_who_does_not_answer_is_asked_again_when_the_file_says_so():
    """The guide takes its patience from the file."""
    impatient = changed({"held": {"unanswered_s": [2.0]}})
    asked = [
        posed(plan(CHEEK), lambda t, heard: FacePose(), coaching=how).run(20.0).keys
        for how in (STANDARD, impatient)
    ]
    words = [sum(key in ("another", "show", "image", "offer") for key in keys) for keys in asked]
    assert words[0] == 1
    assert words[1] >= 2


def test_a_longer_breather_makes_a_longer_session():
    """After each exercise nothing is asked for until it is over."""
    slow = changed({"breather_s": 6.0, "card_s": 8.0})
    usual, long = (led(plan(CHEEK, CHEEK), seed=1, coaching=how)[0].run() for how in (STANDARD, slow))
    assert 2 * 2.0 < long.seconds - usual.seconds < 6.0 + 8.0
