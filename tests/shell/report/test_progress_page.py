"""The progress page: what it says, and that it needs nothing but itself."""

import base64
import html
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import cv2
import numpy as np
import pytest
from simulated_year import LAST_DAY, fill
from waiting import PATIENCE_S

from coach.progress.history import (
    AttemptRecord,
    History,
    RecallRecord,
    RepRecord,
    Score,
    SessionRecord,
    SmileRecord,
)
from coach.progress.series import Series
from coach.progress.summary import summary_lines
from coach.progress.words import ProgressWords
from coach.shell.detection.photo_file import keep_photo
from coach.shell.profile.language_files import load_phrase_book
from coach.shell.report.before_after import first_and_latest
from coach.shell.report.charts import attempts_chart, trend_chart
from coach.shell.report.progress_page import progress_page
from coach.shell.store.store import Store
from coach.types import Bilateral

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chromium-browser")
WORDS = ProgressWords(load_phrase_book("en"))
AT = datetime(2026, 3, 10, 7, 0, tzinfo=UTC)
TODAY = date(2026, 3, 10)


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> History:
    with Store.open(tmp_path_factory.mktemp("year")) as store:
        fill(store)
        return store.history()


@pytest.fixture(scope="module")
def page(year: History) -> str:
    return progress_page(year, LAST_DAY, WORDS, {"m1": "the <dog> & the lake"})


def section(page: str, name: str) -> str:
    return page.split(f"<h2>{name}</h2>", 1)[1].split("<h2>", 1)[0].replace("\N{NO-BREAK SPACE}", " ")


def svgs(page: str) -> list[ET.Element]:
    return [ET.fromstring(svg) for svg in re.findall(r"<svg.*?</svg>", page, flags=re.DOTALL)]


def test_the_page_says_what_changed_and_what_did_not(page: str) -> None:
    """The mouth's score rose beyond its noise; the cheek's has no real change yet."""
    changed = section(page, "What changed by more than your usual variation")
    (real,) = re.findall(r"<ul.*?</ul>", changed)
    (still,) = re.findall(r"<ul.*?</ul>", page.split("<details>", 1)[1].replace("\N{NO-BREAK SPACE}", " "))
    assert "Mouth score: up 1" in real
    assert "Even smile, evenness: up" in real
    assert "Cheek" not in real
    assert "Cheek score: no real change yet" in still
    assert "Mouth" not in still
    assert "<th>Change</th>" in page  # beyond what, no other column of its table would say


def test_the_page_has_every_section(page: str) -> None:
    """Scores, exercises, tries, memories, sides and the calendar, each with what it is about."""
    assert section(page, "Check-in scores").count("<svg") == 2
    assert section(page, "Exercises").count("<svg") >= 4
    assert "too short" in section(page, "Tries that did not count")
    assert section(page, "Memories").count("<svg") == 2
    assert "left side was weaker in 8" in section(page, "Weaker side")
    assert "From left weaker by" in section(page, "Weaker side")
    calendar = section(page, "Calendar")
    assert calendar.count('class="month"') == 12
    assert "February 2026" in calendar
    assert calendar.count('title="27 February 2026: 10 repetitions"') == 1


def test_the_page_needs_no_network_and_no_script(page: str) -> None:
    """Nothing is fetched: no address but the SVG's own names, no script, and the browser is told so."""
    assert "default-src 'none'" in page
    assert "<script" not in page
    assert "@import" not in page
    assert "url(http" not in page
    assert re.findall(r'\bsrc=|href="(?!#)', page) == []
    assert set(re.findall(r"https?://[^\"'\s<]+", page)) <= {
        "http://www.w3.org/2000/svg",
        "http://www.w3.org/1999/xlink",
    }
    assert len(page.encode()) < 2_000_000


def test_every_chart_is_whole_and_follows_the_page_s_colours(page: str) -> None:
    """Each is well-formed, has a title to be read aloud, ids of its own, and no fixed colour."""
    charts = svgs(page)
    assert len(charts) >= 10
    ids = [element.get("id") for chart in charts for element in chart.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    for chart in charts:
        assert chart.get("role") == "img"
        assert chart.get("width") is None
        title = chart.find("{http://www.w3.org/2000/svg}title")
        assert title is not None
        assert title.text
        refs = [element.get("{http://www.w3.org/1999/xlink}href", "") for element in chart.iter()]
        assert {ref[1:] for ref in refs if ref} <= set(ids)
    assert not re.search(r"#0a0b[0-9a-f]{2}", page)
    assert {"ink", "accent", "band", "c1", "c5"} <= set(re.findall(r"var\(--(\w+)\)", page))


def test_every_colour_stands_in_light_dark_and_print(page: str) -> None:
    """A variable that a chart uses is set in all three themes."""
    style = page.split("<style>", 1)[1].split("</style>", 1)[0]
    themes = re.findall(r":root\{(.*?)\}", style, flags=re.DOTALL)
    assert len(themes) == 3
    used = set(re.findall(r"var\(--(\w+)\)", page))
    for theme in themes:
        assert used <= set(re.findall(r"--(\w+):", theme))


def test_a_person_s_words_are_text_and_not_html(page: str) -> None:
    """Angle brackets in a memory are shown, not obeyed."""
    assert "<dog>" not in page
    assert html.escape("The <dog> & the lake") in page


def test_the_same_history_gives_the_same_page(page: str, tmp_path: Path) -> None:
    """No clock and no chance is in it, apart from ids of sessions, which it does not show."""
    with Store.open(tmp_path) as store:
        fill(store)
        again = progress_page(store.history(), LAST_DAY, WORDS, {"m1": "the <dog> & the lake"})
    assert again == page


def small(source: str = "webcam:0") -> History:
    """Two sessions with one of everything."""
    sessions = tuple(
        SessionRecord(f"s{n}", AT - timedelta(days=n), "daily", source, "0.1.0", None, None) for n in (1, 0)
    )
    keys = [(one.id, one.started_at, "combined") for one in sessions]
    return History(
        sessions=sessions,
        repetitions=tuple(RepRecord(*key, hold_s) for key, hold_s in zip(keys, (5.0, 6.0), strict=True)),
        attempts=(AttemptRecord(*keys[0], "too_short"),),
        smiles=tuple(SmileRecord(*key, "right", 0.9, 0.1, Bilateral(9.0, 8.0)) for key in keys),
        recalls=(RecallRecord(*keys[0], "", None, False, False),),
        scores=(Score(AT, source, "mouth", 50.0, None),),
    )


def test_a_short_history_is_too_early_to_judge() -> None:
    """Two sessions are shown and not judged, in one line for all that is measured in them."""
    page = progress_page(small(), TODAY, WORDS)
    assert "What changed by more than your usual variation" not in page
    assert page.lower().count("too early to say") == page.count("Too early to say what has changed") == 1
    assert "right side was weaker in 100%" in section(page, "Weaker side")
    assert "not yours" not in page
    assert all(chart is not None for chart in svgs(page))


def test_the_simulated_person_s_page_says_so() -> None:
    """A page made after a demo alone cannot be mistaken for one's own."""
    assert "simulated person's results (demo), not yours" in progress_page(small("demo"), TODAY, WORDS)


@pytest.mark.parametrize(
    "part",
    ["sessions", "repetitions", "attempts", "smiles", "recalls", "scores"],
    ids=lambda part: f"no {part}",
)
def test_whatever_is_missing_the_page_is_made(part: str) -> None:
    """A history may lack any kind of row: somebody does one exercise, somebody only check-ins."""
    page = progress_page(replace(small(), **{part: ()}), TODAY, WORDS)
    assert page.rstrip().endswith("</html>")


def test_an_empty_history_says_how_to_begin() -> None:
    """The page is made before the first session as well."""
    page = progress_page(History(), TODAY, WORDS)
    assert "No sessions yet" in page
    assert "0 sessions" not in page
    assert "<svg" not in page


@pytest.fixture
def with_photos(tmp_path: Path) -> str:
    """Return a page with the photos of three check-ins: dark, not kept whole, and bright."""
    for day, grey in ((1, 40), (15, 90), (29, 200)):
        for pose in ("neutral", "natural"):
            image = np.full((90, 160, 3), grey, np.uint8)
            image[:, :20] = 255 if pose == "natural" else 0  # on the picture's left: the person's right
            keep_photo(tmp_path, image, datetime(2026, 1, day, 12, tzinfo=UTC), pose)
    (tmp_path / "photos" / "2026-01-30-120000-natural.png").write_bytes(b"cut off")
    (tmp_path / "photos" / "2026-01-31-120000-neutral.png").write_bytes(b"cut off")
    return progress_page(small(), TODAY, WORDS, photos=first_and_latest(tmp_path))


def test_the_first_and_the_latest_photo_are_compared(with_photos: str) -> None:
    """The natural smile of the first day and of the last that can be read, as in a mirror."""
    alts = re.findall(r'alt="(.*?)"', with_photos)
    assert alts == ["natural smile, 1 January 2026", "natural smile, 29 January 2026"]
    data = re.findall(r"data:image/jpeg;base64,([^\"]+)", with_photos)
    first, latest = (cv2.imdecode(np.frombuffer(base64.b64decode(d), np.uint8), 0) for d in data)
    assert first.shape == latest.shape
    assert abs(int(first[200, 100]) - 40) < 5
    assert abs(int(latest[200, 100]) - 200) < 5
    assert first[200, -20] > 230


def test_one_check_in_is_nothing_to_compare(tmp_path: Path) -> None:
    """Without photos, or with one day's, the page has no script and shows no picture."""
    assert first_and_latest(tmp_path) is None
    keep_photo(tmp_path, np.zeros((9, 16, 3), np.uint8), AT, "natural")
    assert first_and_latest(tmp_path) is None
    assert "<img" not in progress_page(small(), TODAY, WORDS, photos=None)


def in_a_browser(page: str, script: str, tmp_path: Path) -> str:
    """Load the page in a frame 360 pixels wide, and return what `script` makes of its document, `page`."""
    frame = tmp_path / "frame.html"
    frame.write_text(
        f'<iframe width="360" height="700" srcdoc="{html.escape(page)}"></iframe><script>'
        "onload = () => { const page = document.querySelector('iframe').contentDocument;"
        f"document.title = {script}; }}</script>",
        encoding="utf-8",
    )
    command = [str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}/c"]
    done = subprocess.run(
        [*command, "--dump-dom", frame.as_uri()], capture_output=True, check=True, timeout=PATIENCE_S
    )
    found = re.search(r"<title>(.*?)</title>", done.stdout.decode())
    assert found, done.stdout[:300]
    return found[1]


@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")
def test_the_slider_uncovers_the_first_photo(with_photos: str, tmp_path: Path) -> None:
    """Moved to four fifths, it leaves a fifth of the latest one: the page's policy lets this script run."""
    script = (
        "(() => { const range = page.querySelector('.compare input'), top = page.querySelector('.after');"
        "const clip = () => page.defaultView.getComputedStyle(top).clipPath, before = clip();"
        "range.value = 80; range.dispatchEvent(new page.defaultView.Event('input'));"
        "return `${before} then ${clip()}, ${top.naturalWidth} wide`; })()"
    )
    seen = in_a_browser(with_photos, script, tmp_path)
    assert seen == "inset(0px 0px 0px 50%) then inset(0px 0px 0px 80%), 853 wide"


@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")
def test_nothing_sticks_out_on_a_phone(year: History, page: str, with_photos: str, tmp_path: Path) -> None:
    """At 360 pixels' width a browser lays the page out without sideways scrolling, in German as well."""
    script = "(e => `${e.scrollWidth} of ${e.clientWidth}, ${e.scrollHeight} high`)(page.documentElement)"
    german = progress_page(year, LAST_DAY, ProgressWords(load_phrase_book("de")))
    for text, least in ((page, 3000), (german, 3000), (with_photos, 800)):
        free = re.sub(r"<meta http-equiv.*?>", "", text, count=1)
        found = re.fullmatch(r"(\d+) of (\d+), (\d+) high", in_a_browser(free, script, tmp_path))
        assert found
        width, room, height = map(int, found.groups())
        assert width <= room <= 360
        assert height > least


def check_ins(*values: float) -> History:
    """Return check-ins a fortnight apart with an error of 1.4, and nothing else."""
    at = datetime(2026, 1, 5, 8, tzinfo=UTC)
    return History(
        scores=tuple(
            Score(at + timedelta(days=14 * n), "webcam:0", "smile", value, 1.4)
            for n, value in enumerate(values)
        )
    )


def test_three_check_ins_of_30_38_and_46_are_a_change() -> None:
    """At first and now with their errors, in a table, and one sentence on top that says so."""
    page = progress_page(check_ins(30, 38, 46), TODAY, WORDS)
    assert "Smile score has really changed, from 30.0 to 46.0." in page
    scores = section(page, "Check-in scores")
    assert "<td>30.0 ± 1.4</td><td>46.0 ± 1.4</td><td>up 16.0</td>" in scores
    assert "too early" not in page.lower()


def test_a_value_with_a_known_error_has_its_bar_in_the_chart() -> None:
    """Three values, three bars; without an error there is none to draw."""
    known = Series("smile", "", tuple(AT + timedelta(days=n) for n in range(3)), (30, 38, 46), sem=1.4)
    unknown = replace(known, sem=None)
    bars = [
        re.search(r'<g id="[\w-]*LineCollection_1">(.*?)</g>', trend_chart(one, WORDS), re.DOTALL)
        for one in (known, unknown)
    ]
    assert bars[0] is not None
    assert bars[0][1].count("<path") == 3
    assert bars[1] is None


def test_one_check_in_shows_its_values_with_their_error() -> None:
    """From day one there is something to see; nothing is judged."""
    page = progress_page(check_ins(30), TODAY, WORDS)
    scores = section(page, "Check-in scores")
    assert "<th>At first</th></tr>" in scores
    assert "<td>30.0 ± 1.4</td></tr>" in scores
    assert page.lower().count("too early to say") == 1


def test_what_is_not_there_yet_has_neither_a_heading_nor_a_zero() -> None:
    """After a check-in alone nothing is said of exercises, days or sessions."""
    page = progress_page(check_ins(30), TODAY, WORDS)
    assert re.findall("<h2>(.*?)</h2>", page) == ["Check-in scores"]
    assert '<p class="week"' not in page
    assert not [line for line in summary_lines(check_ins(30), TODAY, WORDS) if "0 " in line.split(":")[0]]
    assert not [line for line in summary_lines(check_ins(30), TODAY, WORDS) if "○" in line]


def test_no_line_through_fewer_than_four_points_and_dots_one_can_see() -> None:
    """Three dots are three dots; they are at least four pixels across."""

    def lines(page: str) -> int:
        return sum(
            "stroke: var(--accent)" in (path.get("style") or "")
            for svg in svgs(page)
            for path in svg.iter("{http://www.w3.org/2000/svg}path")
        )

    assert lines(progress_page(check_ins(30, 38, 46), TODAY, WORDS)) == 0
    assert lines(progress_page(check_ins(30, 38, 46, 47), TODAY, WORDS)) == 1
    radii = re.findall(r'd="M 0 (\d+\.\d+)\s', progress_page(check_ins(30, 38, 46), TODAY, WORDS))
    assert radii
    assert all(2 * float(radius) >= 4 for radius in radii)


def test_ten_years_are_no_more_dots_than_one_can_tell_apart() -> None:
    """Of 1,000 values every third is a dot, and tries are counted by the year."""
    at = tuple(AT + timedelta(days=4 * n) for n in range(1000))
    chart = trend_chart(Series("hold", "s", at, tuple(5 + n % 7 / 10 for n in range(1000))), WORDS)
    assert 300 < chart.count("<use") < 400
    sessions = tuple(replace(small().sessions[0], id=str(n), started_at=day) for n, day in enumerate(at))
    tries = tuple(AttemptRecord(str(n), day, "combined", "too_short") for n, day in enumerate(at))
    bars = attempts_chart(History(sessions=sessions, attempts=tries), WORDS).count("var(--c1)")
    assert bars <= 12 + 1  # a year each, and the legend's


def test_a_bar_of_one_week_says_of_which_month_its_days_are() -> None:
    """Numbers of days alone would not be known for days."""
    tries = (AttemptRecord("1", AT, "combined", "too_short"),)
    assert "9 Mar" in attempts_chart(History(sessions=small().sessions[:1], attempts=tries), WORDS)


def test_one_try_is_one_slim_bar_beside_whole_numbers() -> None:
    """It neither fills the chart nor stands beside a quarter of a try."""
    tries = (AttemptRecord("1", AT, "combined", "too_short"),)
    chart = attempts_chart(History(sessions=small().sessions[:1], attempts=tries), WORDS)
    assert set(re.findall(r">([\d.]+)</text>", chart)) == {"0", "1"}
    width = float(re.search(r'viewBox="0 0 ([\d.]+) ', chart)[1])
    left, right = re.search(
        r'd="M ([\d.]+) \S+\s+L ([\d.]+) [^"]*"[^>]*style="fill: var\(--c1\)', chart
    ).groups()
    assert 0.05 < (float(right) - float(left)) / width < 0.2


def test_what_comes_first_is_the_week_the_streak_one_sentence_and_the_next_check_in() -> None:
    """A person reads the top of the page; the statistics are folded away at its end."""
    page = progress_page(small(), TODAY, WORDS, next_check_in=TODAY + timedelta(days=3))
    top = page.split("<h2>", 1)[0]
    assert top.count("<i") == 7
    assert "streak" in top
    assert f"Next check-in: {WORDS.day(TODAY + timedelta(days=3), TODAY)}" in top
    assert "It&#x27;s time for a check-in" in html.escape(
        html.unescape(progress_page(small(), TODAY, WORDS, next_check_in=TODAY)), quote=True
    )
    assert "MDC95" in page.split("<details><summary>How do we know?", 1)[1]
    assert "MDC95" not in page.split("<details>", 1)[0]


@pytest.mark.parametrize("sentence", ["Mouth score: up", "Cheek score: no real change yet"])
def test_each_sentence_stands_on_the_page_once(page: str, sentence: str) -> None:
    """A caption does not repeat what the list says."""
    assert page.count(sentence) == 1
