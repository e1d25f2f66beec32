"""Progress speaks the person's language: summary, page and report, with nothing left in English."""

import html
import re
from dataclasses import replace
from datetime import date
from itertools import combinations, cycle
from typing import get_args

import pytest
from matplotlib.backends.backend_pdf import FigureCanvasPdf
from matplotlib.text import Text
from simulated_year import LAST_DAY, fill

from coach.__main__ import run
from coach.coaching.phrases import PhraseBook
from coach.events import Reason, Recall, Smile
from coach.progress.clinical_report import ClinicalReport, clinical_report
from coach.progress.history import History
from coach.progress.series import Series, all_series, exercise_series
from coach.progress.summary import exercise_lines, overview, summary_lines
from coach.progress.words import ProgressWords, bound
from coach.session.tally import Tally
from coach.shell.app.check_in_record import KEPT
from coach.shell.profile.language_files import languages, load_phrase_book
from coach.shell.report import pdf_report
from coach.shell.report.charts import trend_chart
from coach.shell.report.progress_page import progress_page
from coach.shell.store.store import Store
from coach.types import Bilateral

WORDS = {language: ProgressWords(load_phrase_book(language)) for language in languages()}
SCORES = (*(name for _, _, name in KEPT), "excursion_left_mm", "excursion_right_mm")
ENGLISH = re.compile(
    r"\b(the|of|and|your|yours|with|from|to|is|are|what|how|when|which|not|yet|too|early|say|change|noise"
    r"|up|down|beyond|within|first|latest|now|left|right|side|sides|weaker|even|both|score|hold|best|longest"
    r"|tries|counted|lag|time|smile|smiles|travel|corner|mouth|cheek|cheeks|eyes|lids|head|face|short|other"
    r"|memory|memories|recall|recalls|session|sessions|day|days|week|rep|reps|repetitions|streak|exercise"
    r"|exercises|measure|measured|report|name|simulated|calendar|made|machine|January|February|March|May|June"
    r"|July|October|December|Oct|Dec)\b"
)
FEW, MANY = 8, 30  # measures on a report
NAMES = re.compile(r"smile-coach|MediaPipe|Face Landmarker")  # the same in every language


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> History:
    """Return a year in which all scores were taken and every reason for a try not to count occurred."""
    with Store.open(tmp_path_factory.mktemp("year")) as store:
        fill(store, sessions=60, check_ins=26)
        year = store.history()
    reasons = cycle(get_args(Reason))
    return replace(
        year,
        attempts=tuple(row._replace(reason=next(reasons)) for row in year.attempts),
        scores=tuple(
            replace(row, name=name) for name in SCORES for row in year.scores if row.name == "mouth"
        ),
    )


@pytest.fixture(scope="module", params=languages())
def words(request: pytest.FixtureRequest) -> ProgressWords:
    return WORDS[request.param]


@pytest.fixture(scope="module")
def page(year: History, words: ProgressWords) -> str:
    """Return the page; one trend is drawn for all, for words differ between them in the title alone."""
    drawn: list[str] = []

    def drawn_once(series: Series, words: ProgressWords) -> str:
        if not drawn:
            drawn.append(trend_chart(series, words))
        return f"{drawn[0]}<title>{html.escape(words.label(series))}</title>"

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("coach.shell.report.charts.trend_chart", drawn_once)
        return progress_page(year, LAST_DAY, words)


@pytest.fixture(scope="module")
def report(year: History, words: ProgressWords) -> ClinicalReport:
    return clinical_report(year, LAST_DAY, words, version="1", models=["6418"])


def texts_of(report: ClinicalReport, words: ProgressWords, rows: int) -> list[Text]:
    """Return every text on the report's page with so many measures, drawn so that axes have their labels."""
    figure = pdf_report._page(replace(report, changes=(report.changes * 2)[:rows]), words)
    figure.set_dpi(72)  # a PDF's: letters are as wide as they are printed, in points
    FigureCanvasPdf(figure).draw()
    return [text for text in figure.findobj(Text) if text.get_text() and text.get_visible()]


@pytest.fixture(scope="module")
def full_page(report: ClinicalReport, words: ProgressWords) -> list[Text]:
    """Return every text on a report with all measures and more: drawn once a language."""
    assert len(report.changes) < MANY
    return texts_of(report, words, MANY)


def seen_on(page: str) -> str:
    """Return what a person reads or hears of the page."""
    shown = re.sub(r"<style.*?</style>", " ", page, flags=re.DOTALL)
    told = re.findall(r'(?:title|alt|aria-label)="(.*?)"', shown)
    return html.unescape(" ".join((*told, re.sub(r"<[^>]*>", " ", shown))))


def english_in(text: str) -> set[str]:
    return set(ENGLISH.findall(NAMES.sub("", text)))


def test_no_english_is_left(year: History, words: ProgressWords, page: str, full_page: list[Text]) -> None:
    """Neither in the summary nor on the page nor in the report; in English the same search finds plenty."""
    summary = "\n".join(summary_lines(year, LAST_DAY, words))
    written = "\n".join(text.get_text() for text in full_page)
    found = [english_in(text) for text in (summary, seen_on(page), written)]
    if words.language == "en":
        assert all(len(words_found) > 20 for words_found in found)
    else:
        assert found == [set(), set(), set()]


def test_the_page_says_which_language_it_is_in(words: ProgressWords, page: str) -> None:
    """Whoever reads the page aloud pronounces it as it is meant."""
    assert f'<html lang="{words.language}">' in page


def test_every_series_has_its_sentence(year: History, words: ProgressWords, page: str) -> None:
    """What is measured is named and judged on the page and in the summary, each under a name of its own."""
    series = all_series(year)
    assert len({words.label(one) for one in series}) == len(series) > len(SCORES)
    lines = summary_lines(year, LAST_DAY, words)
    for one in series:
        sentence = words.sentence(one)
        assert sentence in lines
        assert html.escape(bound(sentence), quote=False) in page


def test_every_reason_has_a_short_name_of_its_own(words: ProgressWords) -> None:
    """Two columns of a legend hold them on a phone, and none is taken for another."""
    names = [words.reason(reason) for reason in get_args(Reason)]
    assert len(set(names)) == len(names)
    assert max(map(len, names)) <= 17


@pytest.mark.parametrize("rows", [FEW, MANY], ids=["few measures", "many measures"])
def test_nothing_on_the_report_touches_anything(
    report: ClinicalReport, words: ProgressWords, rows: int, full_page: list[Text]
) -> None:
    """Long words are set smaller: texts stay off each other and inside the margins."""
    texts = full_page if rows == MANY else texts_of(report, words, rows)
    figure = texts[0].get_figure(root=True)
    boxes = {text: text.get_window_extent() for text in texts}
    room = figure.bbox.width * (pdf_report.RIGHT + 0.02) / pdf_report.A4[0]
    assert not [text.get_text() for text, box in boxes.items() if box.x1 > room or box.y0 < 0]
    lines = [boxes[text].padded(-0.1) for text in figure.texts if text in boxes]
    assert not [pair for pair in combinations(lines, 2) if pair[0].overlaps(pair[1])]


@pytest.mark.parametrize(
    ("language", "none", "one", "two", "number"),
    [
        ("en", "0 sessions", "1 session", "2 sessions", "1.5 s"),
        ("de", "0 Einheiten", "1 Einheit", "2 Einheiten", "1,5 s"),
        ("es", "0 sesiones", "1 sesión", "2 sesiones", "1,5 s"),
        ("fr", "0 séance", "1 séance", "2 séances", "1,5 s"),
    ],
)
def test_numbers_follow_the_language(language: str, none: str, one: str, two: str, number: str) -> None:
    """The decimal sign is the language's own, and French has the singular for nothing as well."""
    words = WORDS[language]
    assert [words.count("sessions", n) for n in (0, 1, 2)] == [none, one, two]
    assert words.seconds(1.5) == number


@pytest.mark.parametrize(
    ("language", "hold", "recall", "even"),
    [
        ("en", "1 rep · 2.3 s average hold", "6.3 s", "86%"),
        ("de", "1 Wiederholung · mittlere Haltezeit 2,3 s", "6,3 s", "86 %"),
        ("es", "1 repetición · tiempo medio 2,3 s", "6,3 s", "86 %"),
        ("fr", "1 répétition · tenue moyenne 2,3 s", "6,3 s", "86 %"),
    ],
)
def test_a_session_sums_up_in_the_same_numbers(language: str, hold: str, recall: str, even: str) -> None:
    """What is read after a session has the decimal sign of the progress it goes into."""
    tally, drill = Tally(), "cheek_raiser"
    tally.reps[drill], tally.holds[drill] = 1, [2.3]
    sides = {"weaker_side": "left", "first_side": "even", "excursion_mm": Bilateral(8.6, 10.0)}
    smile = Smile(t=1.0, start=0.0, symmetry=0.86, lag_s=0.0, **sides)
    came = Recall(t=9.0, index=1, cue_t=2.7, onset_t=9.0, latency_s=6.3, in_time=False, eye_engaged=True)
    tally.add((smile, came))
    values = [value for _, value in tally.lines([drill], load_phrase_book(language), 60.0)]
    assert values[:3] == [hold, even, recall]


def test_nothing_has_no_minus() -> None:
    """A difference that is rounded to nothing is on neither side."""
    assert [WORDS["de"].number(value) for value in (-0.04, 0.0, -0.06)] == ["0,0", "0,0", "-0,1"]


@pytest.mark.parametrize(
    ("language", "one", "two"),
    [("fr", "1 mesure sur 6", "2 mesures sur 6"), ("de", "1 von 6 Messungen", "2 von 6 Messungen")],
)
def test_one_measure_is_singular_where_the_language_has_it_so(
    year: History, language: str, one: str, two: str
) -> None:
    """In French what is there agrees with its number, in German what is needed with its own."""
    series = all_series(year)[0]
    for n, said in ((1, one), (2, two)):
        assert said in WORDS[language].verdict(
            replace(series, at=series.at[:n], values=series.values[:n], sem=None)
        )


def test_the_chart_of_a_single_day_shows_that_day(year: History) -> None:
    """Its axis bears the day's date, and not years on which nothing was done."""
    series = all_series(year)[0]
    day = replace(series, at=series.at[:1], values=series.values[:1])
    labels = re.findall(r"<text[^>]*>([^<]*)</text>", trend_chart(day, WORDS["en"]))
    assert [label for label in labels if re.search(r"\d{4}", label)] == [WORDS["en"].day(day.at[0].date())]


@pytest.mark.parametrize(
    ("language", "month"),
    [("en", "March 2026"), ("de", "März 2026"), ("es", "Marzo de 2026"), ("fr", "Mars 2026")],
)
def test_months_have_names(language: str, month: str) -> None:
    """The calendar's headings need no locale of the system."""
    assert WORDS[language].month(date(2026, 3, 1)) == month


def test_what_has_no_words_falls_back_as_in_a_session(year: History) -> None:
    """English stands in for a missing phrase; an exercise and a score of others are called by their names."""
    sparse = ProgressWords(
        PhraseBook(
            "xx", {"progress": {"on_days": "{n} sols"}}, {"progress": {"overview": "{sessions}, {days}"}}
        )
    )
    assert overview(year, LAST_DAY, sparse) == "Sessions, 60 sols"
    theirs = replace(
        year,
        repetitions=tuple(row._replace(exercise="brow_lift") for row in year.repetitions),
        scores=tuple(replace(row, name="brow_height") for row in year.scores[:7]),
    )
    german = WORDS["de"]
    assert exercise_lines(theirs, LAST_DAY, german)[0].startswith("Brow lift: ")
    assert german.label(exercise_series(theirs, "brow_lift")[0]) == "Brow lift, Haltezeit"
    assert german.label(all_series(theirs)[0]) == "Brow height, Punkte"


def test_the_commands_speak_the_language_that_is_set(tmp_path, capsys: pytest.CaptureFixture[str]) -> None:
    """`--language` holds for the summary, the page and the report; one that nobody speaks is refused."""
    with Store.open(tmp_path / "data") as store:
        fill(store, sessions=3, check_ins=1)
    data = ["--data-dir", str(tmp_path / "data"), "--config", str(tmp_path / "own.toml")]
    (tmp_path / "own.toml").write_text('language = "fr"\n', encoding="utf-8")
    assert run(["progress", *data]) == 0
    assert "3 séances sur 3 jours" in capsys.readouterr().out
    assert run(["progress", *data, "--language", "de", "--html", str(tmp_path / "page.html")]) == 0
    assert "<h1>Dein Fortschritt</h1>" in (tmp_path / "page.html").read_text(encoding="utf-8")
    assert run(["export", str(tmp_path / "report.pdf"), *data, "--language", "es"]) == 0
    assert b"(Ejercicios de sonrisa en casa)" in (tmp_path / "report.pdf").read_bytes()
    assert run(["progress", *data, "--language", "tlh"]) == 2


@pytest.mark.parametrize(
    ("language", "first", "day", "this_year", "axis"),
    [
        ("en", "1 March 2026", "29 November 2025", "29 November", "9 Mar"),
        ("de", "1. März 2026", "29. November 2025", "29. November", "9. Mär"),
        ("es", "1 de marzo de 2026", "29 de noviembre de 2025", "29 de noviembre", "9 de mar"),
        ("fr", "1er mars 2026", "29 novembre 2025", "29 novembre", "9 mars"),
    ],
)
def test_dates_are_written_as_people_write_them(
    language: str, first: str, day: str, this_year: str, axis: str
) -> None:
    """The year goes without saying in its own year; French has its first of the month."""
    words, that = WORDS[language], date(2025, 11, 29)
    assert (words.day(date(2026, 3, 1)), words.day(that, date(2026, 1, 2))) == (first, day)
    assert words.day(that, date(2025, 12, 31)) == this_year
    assert words.short_day(9, 3) == axis


@pytest.mark.parametrize(
    ("language", "share", "points"),
    [("en", "98%", "1.5 points"), ("de", "98 %", "1,5 Prozentpunkte"), ("es", "98 %", "1,5 puntos"),
     ("fr", "98 %", "1,5 point")],
)  # fmt: skip
def test_shares_and_parts_of_one_follow_the_language(language: str, share: str, points: str) -> None:
    """English sets no space before the sign, the others do; in French all below two is singular."""
    words = WORDS[language]
    assert words.share(0.98) == share
    assert words.count("points", words.number(1.5)) == points


def test_no_date_is_left_as_machines_write_it(
    year: History, words: ProgressWords, page: str, report: ClinicalReport, full_page: list[Text]
) -> None:
    """Neither in the summary nor on the page nor in the report."""
    told = summary_lines(year, LAST_DAY, words, next_check_in=date(2026, 12, 1))
    seen = "\n".join((*told, seen_on(page), report.period, *(text.get_text() for text in full_page)))
    assert not re.findall(r"\d{4}-\d\d-\d\d", seen)
