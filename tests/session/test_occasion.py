"""What is said on some days only, and the jaw release that is offered before a plan without it."""

from __future__ import annotations

import math
from contextlib import nullcontext
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from led import led, plan

from coach.coaching.screen import Screen
from coach.events import SideVerdict
from coach.progress.history import History, RepRecord, Score, SessionRecord, SmileRecord
from coach.progress.summary import known_weaker_side
from coach.session.occasion import Occasion
from coach.session.plan import Plan
from coach.session.tally import Tally
from coach.shell.app import session as session_app
from coach.shell.app.program import occasion_for, prepare
from coach.shell.app.session import _wants_jaw_release
from coach.shell.profile.home import Home
from coach.shell.profile.language_files import load_phrase_book
from coach.shell.profile.plan_files import load_plan
from coach.shell.profile.shared_options import Shared
from coach.shell.profile.toml_files import load_settings
from coach.shell.store.store import Store
from coach.shell.window.display import Command
from coach.types import Bilateral

TODAY = date(2026, 3, 30)
START = datetime(2026, 3, 1, 8, tzinfo=UTC)


def smiles(weaker: SideVerdict, count: int, days: int) -> tuple[SmileRecord, ...]:
    at = datetime(2026, 3, 29, 8, tzinfo=UTC) - timedelta(days=days)
    return tuple(
        SmileRecord(
            "s",
            at + timedelta(days=days * n / count),
            "symmetry_drill",
            weaker,
            0.7,
            0.0,
            Bilateral(9.0, 12.0),
        )
        for n in range(count)
    )


def test_a_side_is_named_only_once_it_has_been_the_weaker_one_for_weeks() -> None:
    """One bad week is no weaker side, and neither are three smiles."""
    assert known_weaker_side(History(smiles=smiles("left", 12, 20)), TODAY) == "left"
    assert known_weaker_side(History(smiles=smiles("left", 12, 6)), TODAY) is None
    assert known_weaker_side(History(smiles=smiles("left", 5, 20)), TODAY) is None
    assert known_weaker_side(History(smiles=smiles("even", 12, 20)), TODAY) is None
    mixed = smiles("left", 8, 20) + smiles("right", 8, 20)
    assert known_weaker_side(History(smiles=mixed), TODAY) is None


def test_today_decides_what_is_said() -> None:
    """A check-in is due a fortnight after the last; fingers are named before the first even smile."""
    session = SessionRecord("s", START, "daily", "webcam:0", "1", 100.0, "finished")
    rep = RepRecord("s", START, "symmetry_drill", 3.0)
    score = Score(datetime(2026, 3, 16, 8, tzinfo=UTC), "webcam:0", "smile", 50.0, None)
    assert occasion_for(History(), TODAY) == Occasion(fingers=True)
    assert occasion_for(History((session,), (rep,), scores=(score,)), TODAY) == Occasion(check_in_due=True)
    assert occasion_for(History((session,), (rep,), scores=(score,)), date(2026, 3, 29)) == Occasion()


@pytest.mark.parametrize("key", ["weaker", "no_fingers"])
def test_what_is_due_and_the_weaker_side_are_said_once(key: str) -> None:
    """The check-in before the first exercise, the side before the first set that compares them; not again."""
    occasion = Occasion(check_in_due=True, weaker="left" if key == "weaker" else None, fingers=True)
    what = plan(("cheek_raiser", 1, {}), ("symmetry_drill", 1, {}), ("combined", 1, {}))
    run = led(what, occasion=occasion)[0].run()
    assert run.keys[:3] == ["neutral", "due", "intro"]
    assert run.keys.count(key) == 1
    at = run.keys.index(key)
    assert [cue.exercise for cue in run.said[at + 1 :] if cue.key == "intro"] == [
        "symmetry_drill",
        "combined",
    ]
    assert not {"due", "weaker", "no_fingers"} & set(led(what)[0].run().keys)


class Answering:
    """A window whose person presses one key, or closes it."""

    def __init__(self, command: Command) -> None:
        self.command = command
        self.asked: list[str] = []

    def show(self, frame: object, observation: object, screen: Screen) -> tuple[Command, ...]:
        del frame, observation
        self.asked.append(screen.title)
        return (self.command,)


@pytest.mark.parametrize(
    ("command", "wanted"),
    [(Command.DIGIT_1, True), (Command.DIGIT_2, False), (Command.PAUSE, False), (Command.QUIT, False)],
)
def test_the_jaw_release_is_offered_at_the_window(command: Command, wanted: bool) -> None:
    """Seen and heard; one key says yes, any other way the plan begins as it is."""
    window = Answering(command)
    heard: list[str] = []
    voice = SimpleNamespace(say=lambda cue: heard.append(cue.text), stop=lambda: heard.append("silence"))
    source = SimpleNamespace(read=lambda: None)
    devices: Any = SimpleNamespace(live=True, display=window, source=source, voice=voice)
    book = load_phrase_book("en")
    assert _wants_jaw_release(load_plan("cheeks-30")[0], devices, book) is wanted
    assert window.asked == ["Loosen your jaw first?"]
    assert heard == ["Loosen your jaw first?", "silence"]
    assert heard[0] in book.spoken(())  # it is rendered, and recorded, like all that is said


@pytest.mark.parametrize(
    ("wanted", "loosen", "first"),
    [
        (True, None, "jaw_release"),
        (False, None, "cheek_raiser"),
        (False, True, "jaw_release"),
        (True, False, "cheek_raiser"),  # who said no on the command line is not asked
    ],
)
def test_a_yes_begins_with_the_jaw(
    wanted: bool, loosen: bool | None, first: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Said at the window or on the command line."""
    plans: list[Plan] = []
    room = nullcontext(SimpleNamespace(by_ear=False))
    monkeypatch.setattr(session_app, "open_devices", lambda *_, **__: room)
    monkeypatch.setattr(session_app, "_wants_jaw_release", lambda *_: wanted)
    monkeypatch.setattr(
        session_app.SessionRun, "lead", lambda run, *_, **__: plans.append(run.program.plan) or 0
    )
    options = Shared(None, True, False, None, tmp_path, None, "en", None)
    assert session_app.run_session(options, "cheeks-30", None, loosen=loosen) == 0
    assert plans[0].steps[0].exercise == first


def test_the_jaw_release_is_not_offered_where_it_is_part_of_the_plan_or_nobody_sits() -> None:
    """The daily plan begins with it; a film answers nothing."""
    window = Answering(Command.DIGIT_1)
    devices: Any = SimpleNamespace(live=True, display=window)
    assert not _wants_jaw_release(load_plan("daily")[0], devices, load_phrase_book("en"))
    devices.live = False
    assert not _wants_jaw_release(load_plan("cheeks-30")[0], devices, load_phrase_book("en"))
    assert window.asked == []


@pytest.mark.parametrize("cause", ["hurt", "hard"])
def test_smaller_doses_are_said_at_the_start(cause: Any) -> None:
    """Before any effort, and with the reason; a check-in that is due can wait until the end shows it."""
    run = led(plan(("cheek_raiser", 1, {})), occasion=Occasion(check_in_due=True, eased=cause))[0].run()
    assert run.keys[:3] == ["neutral", f"eased_{cause}", "intro"]


def test_exercises_are_explained_until_a_person_has_done_some_sessions(tmp_path: Path) -> None:
    """The simulated person's are nobody's own."""
    home = Home.find(Shared(None, False, False, None, tmp_path, None, "en", None))

    def explained(after: int, source: str) -> bool:
        for _ in range(after):
            store.begin_session("daily", source, START)
        return prepare(home, store, "daily", None, simulated=False).plan.explains

    with Store.open(tmp_path) as store:
        assert explained(3, "demo")
        assert explained(2, "webcam:0")
        assert not explained(1, "webcam:0")


def test_the_person_who_was_hurt_gets_less_the_next_day(tmp_path: Path) -> None:
    """From the answer in the history to the day's plan and words."""
    yesterday = datetime.now().astimezone() - timedelta(days=1)
    with Store.open(tmp_path) as store:
        store.feel(store.begin_session("daily", "webcam:0", yesterday), "hurt")
        home = Home.find(Shared(None, False, False, None, tmp_path, None, "en", None))
        usual, eased = (prepare(home, store, "daily", None, simulated=one) for one in (True, False))
    assert eased.occasion.eased == "hurt"
    assert sum(step.reps for step in eased.plan.steps) < sum(step.reps for step in usual.plan.steps)
    assert usual.occasion.eased is None


def test_a_demo_ends_whatever_it_is_asked_for(tmp_path: Path) -> None:
    """Somebody at the camera may take all the time in the world; nobody watches the simulated person."""
    home = Home.find(Shared(None, False, False, None, tmp_path, None, "en", None))
    with Store.open(tmp_path) as store:
        demo, own = (prepare(home, store, "cheek_raiser", None, simulated=one).plan for one in (True, False))
    assert own.budget_s == 0
    assert demo.budget_s > 2 * demo.seconds


def test_a_check_in_that_is_due_is_what_comes_next_on_the_last_card(tmp_path: Path) -> None:
    """With the command for it; else it is tomorrow."""
    book = load_phrase_book("en")
    devices: Any = SimpleNamespace(windowless=False)
    ended: Any = SimpleNamespace(tally=Tally())
    home: Any = None
    with Store.open(tmp_path) as store:
        for due in (True, False):
            program: Any = SimpleNamespace(occasion=Occasion(check_in_due=due))
            run = session_app.SessionRun(home, book, store, devices, program, "smile-coach check-in")
            assert ("smile-coach check-in" in run._farewell(ended, "s").card.coming) is due


@pytest.mark.parametrize(("source", "least_s"), [("webcam:0", math.inf), ("demo", 5.0), ("film.mp4", 20.0)])
def test_the_last_card_stays_until_a_key_where_somebody_sits(source: str, least_s: float) -> None:
    """After a film or the simulated person nobody presses one."""
    stayed: list[float] = []
    room: Any = SimpleNamespace(by_ear=False, windowless=False, source=SimpleNamespace(name=source))
    home: Any = SimpleNamespace(settings=load_settings(None))
    nothing: Any = None
    loop: Any = SimpleNamespace(leave=stayed.append)
    run = session_app.SessionRun(home, load_phrase_book("en"), nothing, room, nothing)
    run._leave(loop, nothing)
    assert stayed == [least_s]
