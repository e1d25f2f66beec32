"""With the eyes shut: the dose is said before each exercise, and the summary in words."""

from __future__ import annotations

import pytest
from led import book, hold, led, plan

from coach.coaching.cues import Cue, CueKind
from coach.coaching.summary_aloud import aloud
from coach.session.dose import dose_texts
from coach.shell.profile.language_files import languages
from coach.shell.profile.plan_files import load_plan

STEPS = (("jaw_release", 1, {}), ("cheek_raiser", 2, hold(3.0)), ("memory_anchor", 2, {}))


@pytest.mark.parametrize("explains", [True, False])
def test_each_dose_is_said_once_before_the_first_go(explains):
    """After the explanation, where there is one, and before anything is to be done."""
    run, _ = led(plan(*STEPS, explains=explains), seed=1, by_ear=True)
    run.run()
    assert run.of("session_end")[0]["reps"]["cheek_raiser"] == 2
    said = [(cue.exercise, cue.key) for cue in run.said]
    doses = [(name, key) for name, key in said if key.startswith("dose_")]
    assert doses == [
        ("jaw_release", "dose_holds"),
        ("cheek_raiser", "dose_holds"),
        ("memory_anchor", "dose_memories"),
    ]
    first = [name for name, _ in said].index
    for dose in doses:
        at = said.index(dose)
        assert at == first(dose[0]) + explains
    assert [cue.text for cue in run.said if cue.key == "dose_holds"] == [
        "One hold of 5 seconds",
        "Two holds of 3 seconds",
    ]


def test_whoever_can_see_is_not_told():
    """The window shows the dose already."""
    run, _ = led(plan(STEPS[1]), seed=1)
    assert not [cue for cue in run.run().said if cue.key.startswith("dose_")]


def test_the_daily_plan_still_fits_into_two_minutes():
    """The words cost seconds, never the last words."""
    today, _ = load_plan("daily", explains=False)
    run, _ = led(today, seed=1, by_ear=True)
    run.run()
    assert run.seconds <= 120
    assert run.keys[-1] == "finished"
    reps = run.of("session_end")[0]["reps"]
    assert all(reps[step.exercise] >= 1 for step in today.steps if step.exercise != "memory_anchor")


@pytest.mark.parametrize("language", languages())
def test_doses_have_words_in_each_language(language):
    """Also for a hold that was shortened to 2.4 seconds, whose length nobody needs to hear."""
    words = book(language)
    for name, reps, changes in (("cheek_raiser", 3, hold(2.4)), *STEPS, ("memory_anchor", 1, {})):
        today = plan((name, reps, changes))
        from coach.shell.profile.exercise_registry import load_exercise

        text, *fewer = dose_texts(today.steps, (load_exercise(name, dict(changes)),), words)
        assert len(fewer) == reps - 1  # where time is short
        assert text.lower().startswith(words.number(reps)[:2].lower()) or reps == 1
        assert "{" not in text
        assert "2.4" not in text


@pytest.mark.parametrize("language", languages())
def test_no_key_or_picture_of_a_window_is_spoken_of(language):
    """Space and the picture are the window's; in the terminal it is Enter, and there is no picture."""
    seen, heard = book(language), book(language).for_ears()
    for key in ("paused", "show", "offer"):
        cue = Cue(0.0, CueKind.INSTRUCTION, key)
        told, shown = heard.fill(cue).text, seen.fill(cue).text
        assert told != shown
        assert {told, shown} <= set(seen.spoken(()))  # prepared, and in English recorded
    assert heard.fill(Cue(0.0, CueKind.HOLD, "resume")).text == seen.text("session", "resume")


def test_units_and_signs_become_words():
    """An engine would read "mm" letter by letter, and a dot in the middle by its name."""
    lines = [
        ("Cheek raiser", "3 reps · 3.1 s average hold"),
        ("eyes engaged", "4 / 5"),
        ("corner travel", "11.4 mm"),
        ("time", "1:52"),
        ("time", "0:08"),
        ("✓", "94 % → even"),
    ]
    assert aloud(lines, book()) == [
        "Cheek raiser: 3 reps, 3.1 seconds average hold",
        "eyes engaged: 4 out of 5",
        "corner travel: 11.4 millimetres",
        "time: 1 minute 52 seconds",
        "time: 8 seconds",
        "94 % even",
    ]
    assert aloud([("Zeit", "2:00")], book("de")) == ["Zeit: 2 Minuten"]


@pytest.mark.parametrize(
    ("language", "one", "parts"),
    [
        ("en", "1 minute 1 second", "1.5 seconds"),
        ("de", "1 Minute 1 Sekunde", "1,5 Sekunden"),
        ("es", "1 minuto 1 segundo", "1,5 segundos"),
        ("fr", "1 minute 1 seconde", "1,5 seconde"),
    ],
)
def test_one_second_is_said_in_the_singular(language, one, parts):
    """And so is one and a half in French."""
    said = aloud([("", "1:01"), ("", parts.split()[0] + " s"), ("", "1 mm")], book(language))
    assert said[:2] == [one, parts]
    assert said[2].endswith({"en": "metre", "de": "meter", "es": "metro", "fr": "mètre"}[language])
