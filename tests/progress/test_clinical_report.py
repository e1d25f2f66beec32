"""The page for a clinician: the right numbers, honest about change, on one sheet."""

import re
import stat
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from simulated_year import FIRST, LAST_DAY, fill

from coach.__main__ import run
from coach.progress.clinical_report import ClinicalReport, clinical_report
from coach.progress.history import History
from coach.progress.words import ProgressWords
from coach.shell.profile.language_files import load_phrase_book
from coach.shell.report import pdf_report
from coach.shell.report.pdf_report import pdf
from coach.shell.store.store import Store

WORDS = ProgressWords(load_phrase_book("en"))


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> History:
    with Store.open(tmp_path_factory.mktemp("year")) as store:
        fill(store, sessions=60, check_ins=26)
        return store.history()


@pytest.fixture(scope="module")
def report(year: History):
    return clinical_report(year, LAST_DAY, WORDS, version="1.2", models=["", "6418", "6418"])


@pytest.fixture(scope="module")
def written(report: ClinicalReport) -> bytes:
    """Return the report's file: putting the fonts into it takes a second, so it is made once."""
    return pdf(report, WORDS)


def report_of(store: Store) -> ClinicalReport:
    return clinical_report(store.history(), LAST_DAY, WORDS, version="1", models=[])


def test_the_page_says_what_was_done(report, year: History) -> None:
    """Each exercise has its sessions, its repetitions and the tries they took."""
    rows = {row[0]: row for row in report.exercises}
    tries = 300 + len(year.attempts)
    assert rows["Cheek raiser"][1:4] == ("60", "300", f"300 of {tries}")
    assert rows["Even smile"][1:4] == ("60", "180", "180 of 180")
    assert sum(report.weeks.values()) == len(year.repetitions)
    assert report.made == f"Made on {LAST_DAY.day} {LAST_DAY:%B %Y} by smile-coach 1.2, model 6418."


def test_only_what_leaves_the_noise_is_called_a_change(report) -> None:
    """The mouth's score rose by what it was made to rise by; the cheek's did not, and the page says so."""
    rows = {row[0]: row for row in report.changes}
    assert rows["Mouth score"][4].startswith("up 1")
    assert rows["Cheek score"][4] == "no real change yet"
    assert rows["Left minus right corner travel"][1].startswith("-")


def test_each_side_s_travel_is_in_millimetres_with_its_own_noise(tmp_path: Path) -> None:
    """What a check-in measured on either side stands there as a length, not as a score."""
    with Store.open(tmp_path) as store:
        for n in range(8):
            at = FIRST + timedelta(days=14 * n)
            travel = {"excursion_left_mm": 8.0 + n, "excursion_right_mm": 12.0}
            store.add_check_in(at, travel, sem={"excursion_left_mm": 0.5}, source="webcam:0")
        rows = {row[0]: row for row in report_of(store).changes}
    assert rows["Corner travel, left"][1].endswith(" mm")
    assert rows["Corner travel, left"][4].startswith("up ")
    assert rows["Corner travel, right"][4] == "no real change yet"


def test_a_report_of_one_day_names_it_once(tmp_path: Path) -> None:
    """From a day to the same day nobody writes."""
    with Store.open(tmp_path) as store:
        fill(store, sessions=1, check_ins=0)
        assert re.fullmatch(r"Report of \d+ \w+ \d{4}", report_of(store).period)


def test_too_few_measurements_are_no_verdict(tmp_path: Path) -> None:
    """After two sessions the values stand there, without noise and without a verdict."""
    with Store.open(tmp_path) as store:
        fill(store, sessions=2, check_ins=0)
        early = report_of(store)
    assert {row[3:] for row in early.changes} == {("", "too early to say (2 of 6)")}


@pytest.mark.parametrize(("source", "told"), [("webcam:0", ""), ("demo", "Simulated person.")])
def test_a_report_of_check_ins_alone_counts_no_sessions(source: str, told: str, tmp_path: Path) -> None:
    """Noughts of sessions, days and streaks say nothing; whose check-in it was is said."""
    with Store.open(tmp_path) as store:
        store.add_check_in(FIRST, {"smile": 61.0}, sem={}, source=source)
        assert report_of(store).overview == told


def test_memories_are_numbered(report) -> None:
    """What a memory is about is nobody else's business."""
    recalls = [line for line in report.sentences if line.startswith("Recall")]
    assert [line.split(":")[0] for line in recalls] == ["Recall, memory 1", "Recall, memory 2"]


@pytest.mark.parametrize("times", [1, 3])
def test_it_is_one_page_however_much_there_is(report, written: bytes, times: int) -> None:
    """33 measures, more than there are, are set smaller, not onto a second page or off the first."""
    assert len(re.findall(rb"/Type /Page\b", written)) == 1
    full = replace(report, changes=(report.changes * times)[:33])
    lowest = [artist.get_position()[1] for artist in pdf_report._page(full, WORDS).texts]
    assert min(lowest) > 0.02


def test_two_sessions_of_one_day_are_not_lost_among_years(report) -> None:
    """The travel of their smiles stands above their day."""
    both = {side: points[:1] * 2 for side, points in report.excursion_mm.items()}
    day = WORDS.day(both["left"][0][0].date())
    travel = pdf_report._page(replace(report, excursion_mm=both), WORDS).axes[-1]
    assert [label.get_text() for label in travel.get_xticklabels()] == [day]


def test_the_same_history_gives_the_same_file(report, written: bytes) -> None:
    """Nothing in it tells the moment it was made, only the day."""
    assert pdf(report, WORDS) == written


def test_export_writes_it_for_the_owner_alone(tmp_path: Path) -> None:
    """The ending of the file's name says what is wanted."""
    with Store.open(tmp_path / "data") as store:
        fill(store, sessions=3, check_ins=1)
    out = tmp_path / "for the doctor.pdf"
    assert run(["export", str(out), "--data-dir", str(tmp_path / "data")]) == 0
    assert out.read_bytes().startswith(b"%PDF")
    assert stat.S_IMODE(out.stat().st_mode) == 0o600


def test_nothing_to_report_is_said_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a session there is no page, and exit status 1."""
    Store.open(tmp_path / "data").close()
    out = tmp_path / "report.pdf"
    assert run(["export", str(out), "--data-dir", str(tmp_path / "data")]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "nothing to report" in line
    assert not out.exists()
