"""What may be said about a person's history: counts, streaks, recalls, and change beyond noise."""

import os
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest
from simulated_year import LAST_DAY, fill

from coach.errors import UsageError
from coach.progress.clinical_report import clinical_report
from coach.progress.history import (
    History,
    RecallRecord,
    RepRecord,
    Score,
    SessionRecord,
    summarise,
    summarise_recalls,
)
from coach.progress.series import Series, all_series, exercise_series, score_series
from coach.progress.streak import streak
from coach.progress.summary import (
    early_sentence,
    headline,
    overview,
    summary_lines,
    weaker_side_sentence,
    week_marks,
    week_text,
)
from coach.progress.trends import MDC95, minimal_detectable_change, sem_of_series, trend
from coach.progress.words import ProgressWords
from coach.session.memories import Memories, Memory
from coach.shell.profile.language_files import load_phrase_book
from coach.shell.profile.memories_file import NAME, load_memories, new_memory, save_memories
from coach.shell.report.progress_page import progress_page
from coach.shell.store.store import Store

DAY = date(2026, 3, 10)
WORDS = ProgressWords(load_phrase_book("en"))
AT = datetime(2026, 3, 10, 7, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> History:
    with Store.open(tmp_path_factory.mktemp("year")) as store:
        fill(store)
        return store.history()


def on(*days_ago: int) -> list[date]:
    return [DAY - timedelta(days=n) for n in days_ago]


def sessions(*days_ago: int, source: str = "webcam:0") -> tuple[SessionRecord, ...]:
    return tuple(
        SessionRecord(f"{source}{n}", AT - timedelta(days=n), "daily", source, "0.1.0", 60.0, "finished")
        for n in days_ago
    )


def holds(*values: tuple[int, float], source: str = "webcam:0") -> tuple[RepRecord, ...]:
    return tuple(
        RepRecord(f"{source}{n}", AT - timedelta(days=n), "cheek_raiser", hold_s) for n, hold_s in values
    )


def series(values, *, resolution: float = 0.0, sem: float | None = None, step: int = 1) -> Series:
    at = tuple(AT + timedelta(days=step * n) for n in range(len(values)))
    return Series("hold", "s", at, tuple(map(float, values)), resolution, sem, "cheek_raiser")


@pytest.mark.parametrize(
    ("days", "current", "longest"),
    [
        ([], 0, 0),
        (on(0), 1, 1),
        (on(1), 1, 1),  # today is not over
        (on(2), 1, 1),  # yesterday is forgiven
        (on(3), 0, 1),
        (on(0, 1, 3, 4), 4, 4),  # one missed day is forgiven
        (on(0, 1, 3, 5, 6), 2, 3),  # a second one in a week is not
        (on(0, 2, 3, 4, 5, 6, 7, 8, 10), 9, 9),  # a week later it is
        (on(2, 4, 5), 0, 3),  # neither is yesterday, then
        (on(0, 1, 2, 2, 2), 3, 3),  # several sessions on one day are one day
        (on(0, 1, 5, 6, 7, 8), 2, 4),
        (on(3, 4, 5), 0, 3),
        ([date(2024, 2, 28), date(2024, 2, 29), date(2024, 3, 1)], 0, 3),  # a leap day
        ([DAY + timedelta(days=1), DAY], 2, 2),  # the clock was set back
        ([DAY + timedelta(days=400), *on(0, 1)], 2, 2),  # a clock that was wrong
    ],
)
def test_a_streak_is_days_in_a_row(days: list[date], current: int, longest: int) -> None:
    """The current run stands until more than one day is missed; the longest is the longest ever."""
    found = streak(days, DAY)
    assert (found.current, found.longest) == (current, longest)


def test_the_forgiven_day_is_shown_as_such_in_dots_and_words() -> None:
    """Neither done nor missed; in the terminal, and for those who hear the page read."""
    reps = holds(*((n, 5.0) for n in (0, 1, 3, 4)))
    history = History(sessions=sessions(0, 1, 3, 4), repetitions=reps)
    assert streak(history.streak_days(), DAY).forgiven == set(on(2))
    assert streak(on(0, 1), DAY).forgiven == set()
    assert streak(on(2, 3), DAY).forgiven == set(on(1))
    assert week_text(week_marks(history, DAY), WORDS) == "○○●●◐●● (◐ a day off, which costs nothing)"
    page = progress_page(history, DAY, WORDS)
    assert [page.count(f'<i class="{mark}">') for mark in ("counted", "forgiven", "missed")] == [4, 1, 2]
    assert "a day off, which costs nothing" in page


@pytest.mark.parametrize(("hours", "offset", "missed"), [(27, 12, False), (27, -10, True), (40, 9, True)])
def test_a_flight_over_the_date_line_misses_no_day(hours: int, offset: int, missed: bool) -> None:
    """27 hours from one session to the next are a day, whatever the calendar says on the other side."""
    first = datetime(2026, 3, 2, 21, 30, tzinfo=timezone(timedelta(hours=-10)))
    second = (first + timedelta(hours=hours)).astimezone(timezone(timedelta(hours=offset)))
    assert second.date() - first.date() >= timedelta(days=2)
    sessions = tuple(
        SessionRecord(str(n), at, "daily", "webcam:0", "1", 60.0, "finished")
        for n, at in enumerate((first, second))
    )
    reps = tuple(RepRecord(row.id, row.started_at, "cheek_raiser", 5.0) for row in sessions)
    history = History(sessions=sessions, repetitions=reps)
    between = first.date() + timedelta(days=1)
    assert (between in history.streak_days()) == (not missed)
    assert between not in history.active_days


def test_a_day_counts_with_one_rep_or_one_memory_that_brought_a_smile() -> None:
    """A session without either is no active day."""

    def recall(n: int, latency_s: float | None) -> RecallRecord:
        return RecallRecord(f"r{n}", AT - timedelta(days=n), "memory_anchor", "m", latency_s, False, False)

    history = History(repetitions=holds((0, 5.0)), recalls=(recall(1, 7.5), recall(2, None)))
    assert history.active_days == set(on(0, 1))


def test_best_median_and_this_week() -> None:
    """The week is the last seven days, today included."""
    history = History(repetitions=holds((9, 8.0), (7, 5.0), (6, 5.5), (6, 6.5), (0, 5.0)))
    found = summarise(history, "cheek_raiser", DAY)
    assert found is not None
    assert (found.repetitions, found.sessions, found.best_hold_s, found.median_hold_s) == (5, 4, 8.0, 5.5)
    assert (found.week_repetitions, found.week_sessions) == (3, 2)
    assert summarise(history, "combined", DAY) is None


def test_a_memory_is_as_reliable_as_its_last_twenty_recalls() -> None:
    """Older recalls count for the best latency only; each memory has its own figures."""

    def recall(memory: str, latency_s: float | None) -> RecallRecord:
        in_time = latency_s is not None and latency_s <= 5
        return RecallRecord("s", AT, "memory_anchor", memory, latency_s, in_time, True)

    old = [recall("m1", 0.4)] * 10
    recent = [recall("m1", 2.0)] * 12 + [recall("m1", 6.0)] * 4 + [recall("m1", None)] * 4
    first, second = summarise_recalls([*old, *recent, recall("m2", None)])
    assert (first.memory, first.recalls, first.reliability) == ("m1", 30, 0.6)
    assert (first.best_latency_s, first.median_latency_s) == (0.4, 2.0)
    assert (second.reliability, second.best_latency_s, second.median_latency_s) == (0.0, None, None)


def test_a_memory_s_smile_without_the_eyes_is_a_try_that_did_not_count() -> None:
    """In time is not counted: terminal, series and report tell of two tries, of which one counted."""
    recalls = tuple(
        RecallRecord("webcam:00", AT, "memory_anchor", "m1", 1.0, True, joined) for joined in (True, False)
    )
    rep = RepRecord("webcam:00", AT, "memory_anchor", 3.0)
    history = History(sessions=sessions(0), repetitions=(rep,), recalls=recalls)
    counted = next(one for one in exercise_series(history, "memory_anchor") if one.name == "counted")
    assert counted.values == (50.0,)
    report = clinical_report(history, DAY, WORDS, version="1", models=[])
    assert report.exercises[0][3] == "1 of 2"
    assert any("100% in time (5 s), 50% with the eyes" in line for line in summary_lines(history, DAY, WORDS))


def test_the_simulated_person_does_not_count_for_ones_own_progress() -> None:
    """A demo is shown as long as there is nothing else, and said to be one; then it is left out."""
    demo = History(
        sessions=sessions(1, source="demo"),
        repetitions=holds((1, 9.0), source="demo"),
        scores=(Score(AT, "demo", "mouth", 1.0, None),),
    )
    assert "not yours" in summary_lines(demo, DAY, WORDS)[0]
    measured = replace(demo, scores=(*demo.scores, Score(AT, "webcam:0", "mouth", 50.0, None)))
    assert (measured.own().sessions, len(measured.own().scores)) == ((), 1)
    both = History(
        sessions=(*demo.sessions, *sessions(0)),
        repetitions=(*demo.repetitions, *holds((0, 5.0))),
        scores=measured.scores,
    )
    assert [row.whole_hold_s for row in both.own().repetitions] == [5.0]
    assert [score.value for score in both.own().scores] == [50.0]
    assert summary_lines(both, DAY, WORDS)[0].startswith(
        "1 session on 1 day, 1 in the last 7 days; streak 1 day"
    )


def test_the_simulated_person_s_check_in_alone_is_not_yours_either() -> None:
    """Tried before anything else: the terminal and the page say whose scores these are."""
    demo = History(scores=(Score(AT, "demo", "mouth", 1.0, None),))
    assert "not yours" in summary_lines(demo, DAY, WORDS)[0]
    assert "not yours" in progress_page(demo, DAY, WORDS)
    assert "not yours" not in progress_page(History(), DAY, WORDS)


def test_sem_from_a_series_leaves_the_slow_course_out() -> None:
    """A steady climb of ten times the noise does not make the noise larger; a wave does."""
    rng = np.random.default_rng(5)
    noise = rng.normal(0, 2.0, size=2000)
    climbing = noise + np.linspace(0, 20, 2000)
    assert sem_of_series(climbing) == pytest.approx(2.0, rel=0.05)
    assert sem_of_series(noise + 6 * np.sin(np.arange(2000) / 50)) > 4
    assert sem_of_series([1.0] * 5) is None
    assert sem_of_series([1.0, -1.0] * 50) == pytest.approx(2**0.5)  # good and bad days in turn


def test_two_single_measurements_differ_by_more_than_mdc95_once_in_twenty() -> None:
    """1.96 times the square root of two, times SEM."""
    pairs = np.random.default_rng(8).normal(0, 3.0, size=(100_000, 2))
    beyond = np.abs(pairs[:, 0] - pairs[:, 1]) > minimal_detectable_change(3.0)
    assert beyond.mean() == pytest.approx(0.05, abs=0.003)
    assert pytest.approx(2.772, abs=0.001) == MDC95


def test_a_real_change_is_told_from_noise() -> None:
    """Up and down beyond the noise are real; within it, or with a poor measurement, they are not."""
    rng = np.random.default_rng(11)
    noise = rng.normal(0, 1, size=26)
    for slope in (8, -8):
        moved = trend(noise + np.linspace(0, slope, 26))
        assert moved is not None
        assert moved.real
        assert moved.change == pytest.approx(slope, abs=3)
    still = trend(noise)
    assert still is not None
    assert not still.real
    poor = trend(noise + np.linspace(0, 8, 26), sem=4.0)
    assert poor is not None
    assert not poor.real
    assert poor.noise == minimal_detectable_change(4.0)
    assert trend(noise[:5]) is None


def test_noise_seldom_passes_for_change() -> None:
    """In 300 still faces of 26 check-ins each, at most three changes are called real."""
    rng = np.random.default_rng(13)
    found = [trend(rng.normal(50, 2, size=26)) for _ in range(300)]
    assert sum(1 for one in found if one and one.real) <= 3


def test_the_sentence_says_real_no_change_or_too_early() -> None:
    """Three sentences and no other: nobody reads a trend into noise."""
    rising = series([5, 5, 5, 6, 7, 8, 9, 9, 9], resolution=0.1)
    assert WORDS.sentence(rising).startswith(
        "Cheek raiser, hold: up 4.0 s (5.0 s → 9.0 s), more than your usual variation of"
    )
    falling = series([9, 9, 9, 8, 7, 6, 5, 5, 5], resolution=0.1)
    assert "down 4.0 s" in WORDS.sentence(falling)
    assert "no real change yet" in WORDS.sentence(series([5, 9, 5, 9, 5, 9, 5, 9]))
    assert WORDS.sentence(series([5, 9])) == "Cheek raiser, hold: too early to say (2 of 6 measurements)"


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        ((30, 38, 46), "up 16.0 s (30.0 s → 46.0 s)"),
        ((30, 46), "up 16.0 s"),
        ((46, 30), "down 16.0 s"),
        ((30, 33), "no real change yet"),  # 1.4 twice explains 3.9
        ((30, 50, 36), "no real change yet"),  # it scatters by more than its error
        ((30, 31, 46, 47), "up 16.0 s (30.5 s → 46.5 s)"),  # two and two
        ((30,), "too early to say"),
    ],
)
def test_few_check_ins_with_a_known_error_are_judged_and_few_counts_are_not(
    values: tuple[float, ...], verdict: str
) -> None:
    """Repeated takes say how sure a value is; of two sessions' counts nobody knows."""
    assert verdict in WORDS.verdict(series(values, sem=1.4))
    assert "too early to say" in WORDS.verdict(series(values))


def test_a_change_is_the_difference_of_the_values_beside_it() -> None:
    """52.66 to 59.34 is 6.68, but nobody who reads 52.7 and 59.3 would believe 6.7."""
    found = series((52.66, 52.66, 52.66, 59.34, 59.34, 59.34), sem=1.4)
    assert "up 6.6 s (52.7 s → 59.3 s)" in WORDS.verdict(found)
    assert WORDS.short_verdict(found) == "up 6.6 s"


def test_a_difference_below_the_resolution_is_none() -> None:
    """Values without scatter do not turn a hair's breadth into progress."""
    hair = series([5.0, 5.0, 5.0, 5.04, 5.04, 5.04], resolution=0.1)
    assert "no real change yet" in WORDS.sentence(hair)


def test_after_twelve_weeks_weeks_are_compared() -> None:
    """Daily values become a median a week, so that the last three days are not the present."""
    daily = series([5.0] * 80 + [5.0] * 4 + [50.0] * 3)
    assert len(daily.steady.values) == 13
    assert daily.trend is not None
    assert not daily.trend.real
    assert len(series([5.0] * 60).steady.values) == 60
    assert len(series([5.0] * 26, step=14).steady.values) == 26


def test_a_year_shows_the_change_that_is_there_and_none_that_is_not(year: History) -> None:
    """The mouth's score rose by 14 with an error of 2, the cheek's did not."""
    assert len(year.sessions) == 300
    mouth, cheek = score_series(year)
    assert (len(mouth.values), len(cheek.values)) == (26, 26)
    assert WORDS.sentence(mouth).startswith("Mouth score: up 1")
    assert WORDS.sentence(cheek).startswith("Cheek score: no real change yet")
    lines = summary_lines(year, LAST_DAY, WORDS, {"m1": "the dog in the lake"})
    text = "\n".join(lines)
    assert "300 sessions on 300 days" in lines[0]
    assert "The dog in the lake: " in text
    assert "Even smile, evenness: up" in text
    assert "Cheek raiser, hold: no real change yet" in text
    assert text.index("more than your usual variation") < text.index("no real change yet")


def test_a_session_is_one_value_of_each_series(year: History) -> None:
    """Hold and share of tries that counted, a median or share a session."""
    hold, counted = exercise_series(year, "cheek_raiser")
    first = year.sessions[0].id
    own = [
        row.whole_hold_s for row in year.repetitions if (row.session, row.exercise) == (first, "cheek_raiser")
    ]
    assert hold.values[0] == np.median(own)
    tries = sum(row.session == first for row in year.attempts)
    assert counted.values[0] == pytest.approx(100 * 5 / (5 + tries))
    assert len(hold.values) == 300
    assert {"Even smile, evenness", "Memory anchor, time to a smile"} <= {
        WORDS.label(one) for one in all_series(year)
    }


def test_the_weaker_side_is_counted_over_all_smiles(year: History) -> None:
    """Left, right and even in shares of all smiles."""
    assert weaker_side_sentence(year, WORDS).startswith("Of 900 smiles, the left side was weaker in 8")
    assert "right" not in weaker_side_sentence(year, WORDS)
    assert weaker_side_sentence(History(), WORDS) == ""


def test_the_first_lines_are_streak_week_one_sentence_and_the_next_check_in() -> None:
    """Three days in a row once, two now: the streak is two; all of it stands before any detail."""
    days = (0, 1, 10, 11, 12)
    history = History(sessions=sessions(*days), repetitions=holds(*((n, 3.0) for n in days)))
    lines = summary_lines(history, DAY, WORDS, next_check_in=DAY + timedelta(days=3))
    assert "streak 2 days, longest 3 days" in lines[0]
    assert lines[1] == "Last 7 days: ○○○○○●●"
    assert lines[2].startswith("Too early to say what has changed")
    assert lines[3] == "Next check-in: 13 March"


def test_the_one_sentence_is_about_the_largest_change() -> None:
    """Measured by each series' own noise; whatever else has moved follows in the list."""
    little = replace(series((5, 9), sem=1.0), name="strength")
    much = series((5, 30), sem=1.0)
    assert headline((little, much), WORDS) == headline((much,), WORDS)
    assert headline((little, much), WORDS) != headline((little,), WORDS)


def test_what_it_is_too_early_for_is_named_in_one_line() -> None:
    """All of it, in the one line."""
    short = [replace(series((1, 2)), name=name) for name in ("hold", "strength")]
    known = series((1, 2, 3, 4, 5, 6, 7))
    line = early_sentence((known, *short), WORDS)
    assert line.startswith("Too early to say")
    assert all(WORDS.label(one) in line for one in short)


def test_nothing_done_yet_is_said() -> None:
    """An empty history says how to begin and fails nowhere."""
    assert summary_lines(History(), DAY, WORDS) == ["No sessions yet: start one with smile-coach"]
    assert overview(History(), DAY, WORDS).startswith("0 sessions on 0 days")


def test_memories_are_added_edited_and_removed() -> None:
    """Three at most; the id stays through an edit, and removing one renumbers those after it."""
    memories = Memories()
    for name in ("a", "b", "c"):
        memories = memories.add(Memory(name, f" the {name} "))
    numbered = "memory {}".format
    assert memories.edit(2, "").labels(numbered) == {"a": "the a", "b": "memory 2", "c": "the c"}
    assert memories.remove(1).labels(numbered) == {"b": "the b", "c": "the c"}
    with pytest.raises(UsageError, match="already"):
        memories.add(Memory("d"))
    with pytest.raises(UsageError, match="no memory 4"):
        memories.remove(4)
    with pytest.raises(UsageError, match="none yet"):
        Memories().remove(1)
    for prompt in ("x" * 121, "two\nlines", "tab\there"):
        with pytest.raises(UsageError, match="the memory"):
            memories.edit(1, prompt)


@pytest.mark.parametrize(
    "prompt", ['a "quoted" word \\ and a slash', "Größe 笑顔 😀", "", "# no comment", "a = 1"]
)
def test_memories_come_back_from_their_file(tmp_path: Path, prompt: str) -> None:
    """Whatever the words are, they are read as they were written, and by their owner alone."""
    memories = Memories().add(new_memory(prompt)).add(new_memory())
    save_memories(tmp_path / "data", memories)
    assert load_memories(tmp_path / "data") == memories
    if os.name != "nt":
        assert (tmp_path / "data" / NAME).stat().st_mode & 0o077 == 0
    assert [path.name for path in (tmp_path / "data").iterdir()] == [NAME]
    assert load_memories(tmp_path) == Memories()


@pytest.mark.parametrize(
    "text",
    [
        "[[memory]]\nid = 'a'\n",
        "[[memory]]\nid = 'a'\nprompt = 'x'\nmood = 3\n",
        "[[memory]]\nid = 'a'\nprompt = 'x'\n[[memory]]\nid = 'a'\nprompt = 'y'\n",
        "[[memory]\n",
        "memory = 3\n",
        "[[memory]]\nid = '../x'\nprompt = 'x'\n",
    ],
)
def test_a_memories_file_edited_wrongly_is_one_line(tmp_path: Path, text: str) -> None:
    """The line names the file."""
    (tmp_path / NAME).write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=NAME.replace(".", r"\.")) as caught:
        load_memories(tmp_path)
    assert "\n" not in str(caught.value)
