"""The simulated person hears cues, moves like a human, fails now and then, and knows what was meant."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from coach.coaching.cues import Cue, CueKind
from coach.errors import UsageError
from coach.shell.capture.simulated_person import SimulatedPerson, load_person
from coach.shell.capture.source import Listener, Signal, Source
from coach.shell.detection.landmarker import Landmarker
from coach.simulation.face_pose import FacePose
from coach.simulation.ground_truth import IntendedMovement
from coach.simulation.person import Person
from coach.simulation.spec import Failing, PersonSpec
from coach.types import Frame

FPS = 60


def cue(exercise: str | None, key: str, kind: CueKind = CueKind.INSTRUCTION, **values: int) -> Cue:
    return Cue(0.0, kind, key, exercise, dict(values))


def release(exercise: str) -> Cue:
    return cue(exercise, "release", CueKind.RELEASE)


@pytest.fixture(scope="module")
def spec() -> PersonSpec:
    return load_person()


class Acted:
    """A person who heard cues at given seconds, and every pose of it."""

    def __init__(
        self,
        spec: PersonSpec,
        cues: dict[float, Cue],
        seconds: float,
        *,
        seed: int = 1,
        script: Sequence[Failing | None] = (),
    ) -> None:
        person = Person(spec, seed=seed, script=script)
        waiting = sorted(cues.items())
        self.t: list[float] = []
        self.poses: list[FacePose] = []
        for index in range(round(seconds * FPS)):
            t = index / FPS
            heard = [waiting.pop(0)[1] for _ in list(waiting) if waiting[0][0] <= t]
            self.t.append(t)
            self.poses.append(person.step(t, heard))
        self.intended: list[IntendedMovement] = person.intended

    def at(self, t: float) -> FacePose:
        return self.poses[round(t * FPS)]

    def middle(self, meant: IntendedMovement) -> FacePose:
        """Return the pose half-way between the apex and the release."""
        assert meant.release is not None
        return self.at((meant.apex + meant.release) / 2)


def neutral(pose: FacePose) -> bool:
    return max(pose.smile.maximum, pose.cheek.maximum, pose.jaw_open, abs(pose.jaw_side)) < 1e-6


# -- drills


def test_a_cheek_raise_lasts_from_the_cue_to_the_release(spec: PersonSpec) -> None:
    """It begins after a human delay, takes a human time, and ends when the person is told to let go."""
    acted = Acted(spec, {1.0: cue("cheek_raiser", "go"), 6.0: release("cheek_raiser")}, 9)
    (meant,) = acted.intended
    assert meant.valid
    assert meant.kind == "cheek_raise"
    assert 0.18 <= meant.start - 1.0 <= 0.8
    assert 0.35 <= meant.apex - meant.start <= 0.65
    assert meant.release is not None
    assert meant.end is not None
    assert 0.18 <= meant.release - 6.0 <= 0.8
    assert 0.4 <= meant.end - meant.release <= 0.65
    assert neutral(acted.at(meant.start))
    assert neutral(acted.at(meant.end + 0.1))
    held = acted.middle(meant)
    assert held.cheek.minimum > 0.8
    assert held.smile.maximum == 0


def test_each_drill_moves_what_it_trains(spec: PersonSpec) -> None:
    """The symmetry drill only the mouth, the combined one both, evenly."""
    smile = Acted(spec, {1.0: cue("symmetry_drill", "go"), 6.0: release("symmetry_drill")}, 8)
    held = smile.middle(smile.intended[0])
    assert held.smile.minimum > 0.75
    assert held.smile.symmetry > 0.9
    assert held.cheek.maximum == 0
    both = Acted(spec, {1.0: cue("combined", "again"), 6.0: release("combined")}, 8)
    held = both.middle(both.intended[0])
    assert held.smile.minimum > 0.75
    assert held.cheek.minimum > 0.75
    assert both.intended[0].eyes


def test_without_a_release_the_person_gives_up(spec: PersonSpec) -> None:
    """A coach that misses a repetition does not keep anyone for ever."""
    acted = Acted(spec, {1.0: cue("cheek_raiser", "go")}, 12)
    (meant,) = acted.intended
    assert meant.release is not None
    assert meant.release - meant.apex == pytest.approx(spec.hold.cheek_raiser + spec.hold.give_up_s, abs=0.05)


def test_a_repeated_cue_does_not_begin_a_second_movement(spec: PersonSpec) -> None:
    """Who is holding already goes on holding."""
    acted = Acted(spec, {1.0: cue("combined", "go"), 3.0: cue("combined", "go")}, 5)
    assert len(acted.intended) == 1


def test_other_cues_are_listened_to_with_a_neutral_face(spec: PersonSpec) -> None:
    """Getting ready, praise and counting move nothing."""
    keys = ("get_ready", "neutral", "begin", "praise", "three", "hold")
    acted = Acted(spec, {float(i): cue(None, key) for i, key in enumerate(keys)}, 8)
    assert acted.intended == []
    assert all(neutral(pose) for pose in acted.poses)


def test_a_pause_breaks_off_what_is_being_held(spec: PersonSpec) -> None:
    """The face relaxes, and nobody should count the try."""
    acted = Acted(spec, {1.0: cue("cheek_raiser", "go"), 3.0: cue(None, "paused")}, 6)
    (meant,) = acted.intended
    assert (meant.valid, meant.reason) == (False, "interrupted")
    assert neutral(acted.poses[-1])


# -- failings


def fails(spec: PersonSpec, exercise: str, failing: Failing) -> tuple[IntendedMovement, FacePose]:
    acted = Acted(spec, {1.0: cue(exercise, "go")}, 12, script=[failing])
    (meant,) = acted.intended
    assert (meant.valid, meant.reason) == (False, failing)
    return meant, acted.middle(meant)


def test_too_short_lets_go_at_about_half_of_the_hold(spec: PersonSpec) -> None:
    """40 to 60 per cent."""
    meant, _ = fails(spec, "cheek_raiser", "too_short")
    assert meant.release is not None
    assert 0.38 <= (meant.release - meant.apex) / spec.hold.cheek_raiser <= 0.6


def test_a_failed_cheek_raise_smiles_or_shuts_the_eyes(spec: PersonSpec) -> None:
    """Mouth at 0.6 of a smile; or lids shut over raised cheeks."""
    _, moved = fails(spec, "cheek_raiser", "mouth_moved")
    assert moved.smile.mean == pytest.approx(0.6, abs=0.05)
    assert moved.cheek.mean > 0.8
    _, closed = fails(spec, "cheek_raiser", "eyes_closed")
    assert closed.lids.minimum == pytest.approx(1.0)


@pytest.mark.parametrize("exercise", ["symmetry_drill", "combined"])
def test_an_asymmetric_smile_is_weak_on_the_side_it_says(spec: PersonSpec, exercise: str) -> None:
    """One side at 40 per cent."""
    meant, pose = fails(spec, exercise, "asymmetric")
    assert meant.side == pose.smile.weaker
    assert pose.smile.symmetry == pytest.approx(0.4, abs=0.05)


def test_uninvolved_eyes_smile_with_the_mouth_alone(spec: PersonSpec) -> None:
    """The combined drill without its cheeks."""
    meant, pose = fails(spec, "combined", "eyes_uninvolved")
    assert not meant.eyes
    assert pose.cheek.maximum == 0
    assert pose.smile.minimum > 0.7


def test_a_script_waits_for_a_try_it_fits(spec: PersonSpec) -> None:
    """A failing of the smile does not happen in a cheek raise, and afterwards every try is good."""
    exercises = ["cheek_raiser", "symmetry_drill", "symmetry_drill"]
    cues = {12.0 * i: cue(name, "go") for i, name in enumerate(exercises)}
    acted = Acted(spec, cues, 30, script=["asymmetric"])
    assert [meant.reason for meant in acted.intended] == ["", "asymmetric", ""]


def test_by_chance_about_one_try_in_eight_fails_and_never_two_in_a_row(spec: PersonSpec) -> None:
    """Over many tries, at the configured share (a failure uses up its successor's chance)."""
    person = Person(spec, seed=5)
    for i in range(600):
        person.step(12.0 * i, [cue("combined", "go")])
        person.step(12.0 * i + 11.9)
    bad = [not meant.valid for meant in person.intended]
    share = spec.failures.share
    assert len(bad) == 600
    assert sum(bad) / 600 == pytest.approx(share / (1 + share), abs=0.04)
    assert not any(first and second for first, second in pairwise(bad))
    assert {meant.reason for meant in person.intended} == {"", "too_short", "asymmetric", "eyes_uninvolved"}


# -- jaw


def test_the_jaw_opens_wide_and_closes_slowly(spec: PersonSpec) -> None:
    """Two intentions: the hold, and a close of 1.5 to 2 seconds."""
    acted = Acted(
        spec, {1.0: cue("jaw_release", "open"), 7.0: cue("jaw_release", "close", CueKind.RELEASE)}, 12
    )
    opened, closed = acted.intended
    assert (opened.kind, closed.kind) == ("open_hold", "slow_close")
    assert acted.middle(opened).jaw_open > 0.8
    assert closed.valid
    assert closed.end is not None
    assert 1.5 <= closed.end - closed.start <= 2.0


def test_a_jaw_that_snaps_shut_is_meant_as_a_fault(spec: PersonSpec) -> None:
    """Only when scripted: by default it never happens."""
    acted = Acted(
        spec,
        {1.0: cue("jaw_release", "go"), 7.0: cue("jaw_release", "close")},
        12,
        script=["snapped_shut"],
    )
    closed = acted.intended[1]
    assert (closed.valid, closed.reason) == (False, "snapped_shut")
    assert closed.end is not None
    assert closed.end - closed.start < 0.4


@pytest.mark.parametrize(
    ("key", "direction", "sign"),
    [("circle_cw", "clockwise", 1), ("circle_ccw", "counterclockwise", -1)],
)
def test_circles_turn_the_way_the_mirror_shows(spec: PersonSpec, key: str, direction: str, sign: int) -> None:
    """On screen the person's right is the right; with y down, clockwise is a growing angle."""
    acted = Acted(spec, {1.0: cue("jaw_release", key, n=3)}, 9)
    (meant,) = acted.intended
    assert (meant.direction, meant.count) == (direction, 3)
    assert meant.release is not None
    inside = [
        pose for t, pose in zip(acted.t, acted.poses, strict=True) if meant.start + 0.45 <= t <= meant.release
    ]
    x = np.array([-pose.jaw_side for pose in inside])
    y = np.array([pose.jaw_open for pose in inside])
    angle = np.unwrap(np.arctan2((y - y.mean()) / np.ptp(y), (x - x.mean()) / np.ptp(x)))
    assert sign * (angle[-1] - angle[0]) / (2 * math.pi) == pytest.approx(3, abs=0.1)
    assert y.min() > 0.05, "the mouth stays slightly open"


def test_breath_goes_in_with_a_closed_and_out_with_a_loose_jaw(spec: PersonSpec) -> None:
    """About three seconds each, and the mouth is shut again afterwards."""
    acted = Acted(spec, {1.0: cue("jaw_release", "breathe_in"), 6.0: cue("jaw_release", "breathe_out")}, 12)
    inward, outward = acted.intended
    assert acted.middle(inward).jaw_open == 0
    assert acted.middle(outward).jaw_open == pytest.approx(0.25)
    assert outward.end is not None
    assert 2.5 < outward.end - outward.start < 3.5
    assert neutral(acted.poses[-1])


# -- memories


def test_a_memory_brings_a_smile_with_the_eyes(spec: PersonSpec) -> None:
    """After 0.8 to 2.5 seconds, and it fades by itself."""
    acted = Acted(spec, {1.0: cue("memory_anchor", "recall", n=1)}, 9)
    (meant,) = acted.intended
    assert meant.cue_t == pytest.approx(1.0)
    assert 0.8 <= meant.start - meant.cue_t <= 2.5
    assert meant.eyes
    pose = acted.middle(meant)
    assert pose.smile.minimum > 0.7
    assert pose.cheek.mean == pytest.approx(0.8, abs=0.05)
    assert neutral(acted.poses[-1])


def test_a_memory_may_bring_the_mouth_alone_or_nothing(spec: PersonSpec) -> None:
    """Mouth only is still a recall; no smile is not."""
    cues = {1.0: cue("memory_anchor", "recall", n=1), 10.0: cue("memory_anchor", "recall_named", n=2)}
    acted = Acted(spec, cues, 18, script=["mouth_only", "no_smile"])
    mouth, nothing = acted.intended
    assert (mouth.valid, mouth.eyes) == (True, False)
    assert acted.middle(mouth).cheek.maximum == 0
    assert (nothing.valid, nothing.reason) == (False, "no_smile")
    assert all(neutral(acted.at(t)) for t in np.arange(10, 18, 0.1))


# -- life


def test_the_person_blinks_sways_and_looks_around_within_a_hold(spec: PersonSpec) -> None:
    """Blinks every few seconds, also while holding; the head moves less than two degrees."""
    acted = Acted(spec, {1.0: cue("cheek_raiser", "go")}, 60)
    shut = [pose.lids.minimum > 0.5 for pose in acted.poses]
    blinks = [t for t, (before, now) in zip(acted.t[1:], pairwise(shut), strict=True) if now and not before]
    assert 8 <= len(blinks) <= 30
    yaw = [pose.yaw for pose in acted.poses]
    assert 1.0 < max(yaw) - min(yaw) < 4.0
    assert len({pose.gaze for pose in acted.poses}) > 10
    long = Acted(spec, {0.5: cue("combined", "go")}, 8)
    assert any(pose.lids.minimum > 0.9 and pose.smile.minimum > 0.7 for pose in long.poses)


def test_the_same_seed_gives_the_same_person(spec: PersonSpec) -> None:
    """And another seed another one."""
    cues = {1.0: cue("combined", "go"), 6.0: release("combined")}
    first, same, other = (Acted(spec, cues, 9, seed=seed) for seed in (3, 3, 4))
    assert first.poses == same.poses
    assert first.intended == same.intended
    assert first.intended != other.intended


# -- as a source


class Clock:
    """A clock that only sleeping moves on."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def frame(source: Source) -> Frame:
    read = source.read()
    assert isinstance(read, Frame)
    return read


def test_as_fast_as_read_time_advances_by_a_frame(spec: PersonSpec) -> None:
    """Strictly increasing, about 1/fps, and no two frames are equal."""
    source = SimulatedPerson(spec, fps=30, size=(160, 120), realtime=False)
    frames = [frame(source) for _ in range(20)]
    steps = np.diff([f.t for f in frames])
    assert frames[0].t == 0
    assert steps.min() > 0
    assert steps.mean() == pytest.approx(1 / 30, rel=0.01)
    assert source.now() == frames[-1].t
    assert frames[0].image.shape == (120, 160, 3)
    assert all(not np.array_equal(a.image, b.image) for a, b in pairwise(frames))


def test_it_is_a_source_and_a_listener_that_ends_only_when_closed(spec: PersonSpec) -> None:
    """Closing twice is safe."""
    person = SimulatedPerson(spec, size=(160, 120), realtime=False)
    source: Source = person
    listener: Listener = person
    listener.hear(cue("cheek_raiser", "go"))
    assert source.name == "demo"
    assert isinstance(source.read(), Frame)
    assert len(person.intended) == 1
    source.close()
    source.close()
    assert source.read() is Signal.ENDED


def test_in_real_time_frames_come_when_they_are_due(spec: PersonSpec) -> None:
    """A caller that is quick waits for the next frame."""
    clock = Clock()
    source = SimulatedPerson(spec, fps=25, size=(160, 120), realtime=True, clock=clock, sleep=clock.sleep)
    times = [frame(source).t for _ in range(5)]
    assert times == pytest.approx([0.0, 0.04, 0.08, 0.12, 0.16])
    assert source.now() == pytest.approx(0.16)
    assert len(clock.slept) == 4


def test_in_real_time_a_late_caller_misses_frames(spec: PersonSpec) -> None:
    """The newest frame, stamped with its own moment; nothing is queued."""
    clock = Clock()
    source = SimulatedPerson(spec, fps=25, size=(160, 120), realtime=True, clock=clock, sleep=clock.sleep)
    frame(source)
    clock.now += 1.01
    assert frame(source).t == pytest.approx(1.0)
    assert frame(source).t == pytest.approx(1.04)


def test_a_slow_camera_says_waiting_instead_of_blocking(spec: PersonSpec) -> None:
    """No read takes longer than about 50 ms."""
    clock = Clock()
    source = SimulatedPerson(spec, fps=5, size=(160, 120), realtime=True, clock=clock, sleep=clock.sleep)
    frame(source)
    assert [source.read() for _ in range(3)] == [Signal.WAITING] * 3
    assert frame(source).t == pytest.approx(0.2)
    assert max(clock.slept) <= 0.05


def test_the_landmarker_sees_what_the_person_was_told(spec: PersonSpec, model_path: Path) -> None:
    """Told to smile, the person in the pictures smiles, and stops when told to let go."""
    source = SimulatedPerson(spec, realtime=False, script=())
    smiles: list[tuple[float, float]] = []
    with Landmarker(model_path) as landmarker:
        for index in range(135):
            if index == 15:
                source.hear(cue("combined", "go"))
            if index == 90:
                source.hear(release("combined"))
            observation = landmarker.detect(frame(source))
            assert observation is not None
            smiles.append((observation.t, float(observation.blendshapes[[44, 45]].mean())))
    (meant,) = source.intended
    assert meant.release is not None
    assert meant.end is not None
    during = [value for t, value in smiles if meant.apex + 0.2 < t < meant.release]
    outside = [value for t, value in smiles if 0.2 < t < meant.start or t > meant.end + 0.3]
    assert min(during) > 0.6
    assert max(outside) < 0.2


# -- configuration


def test_a_persons_own_file_changes_single_values(tmp_path: Path) -> None:
    """What is left out stays as it is."""
    own = tmp_path / "person.toml"
    own.write_text("[failures]\nshare = 0\n[life]\nsway_deg = 3\n", encoding="utf-8")
    person = load_person(own)
    assert person.failures.share == 0
    assert person.life.sway_deg == 3
    assert person.hold == load_person().hold


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("[failures]\nshare = 1.5\n", "failures.share"),
        ("[failures.weights]\nsneeze = 1.0\n", "failures.weights.sneeze"),
        ("[pace]\nonset_s = { low = 2.0, high = 1.0 }\n", "pace.onset_s"),
        ("[pose]\nx = 1\n", "pose"),
    ],
)
def test_a_wrong_file_is_refused_by_key(tmp_path: Path, text: str, key: str) -> None:
    """One line that names what to correct."""
    own = tmp_path / "person.toml"
    own.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=key):
        load_person(own)
