"""The progress page: one HTML file that needs nothing else, to read on a screen, a phone or paper."""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import chain

import coach
from coach.progress.history import History
from coach.progress.series import Series, exercise_series, score_series, side_series
from coach.progress.summary import (
    attempts_sentence,
    early_sentence,
    exercise_lines,
    felt_sentence,
    headline,
    memory_lines,
    memory_names,
    next_sentence,
    overview,
    side_sentence,
    type_sentence,
    weaker_side_sentence,
    week_marks,
    week_text,
)
from coach.progress.words import PAGE, REPORT, ProgressWords, bound
from coach.shell.profile.own_command import SCRIPT
from coach.shell.report import before_after, charts
from coach.shell.report.before_after import KeptPhoto

CHARTED = 2  # a line needs two points
_STEPS = (1, 10, 20, 30)  # repetitions a day from which on a day of the calendar is a shade darker
_STYLE = """
:root{color-scheme:light dark;--page:#fbfaf7;--card:#fff;--ink:#1c2a30;--muted:#5d6b72;--grid:#dfe3e2;
--accent:#0b6e8a;--band:#dcebef;--c1:#0b6e8a;--c2:#b3541e;--c3:#5b4a9e;--c4:#2f7d4f;--c5:#8a6d00;--c6:#737a7e;
--d1:#cfe5ec;--d2:#8fc3d3;--d3:#3f93ad;--d4:#0b5f78}
@media (prefers-color-scheme:dark){:root{--page:#11181b;--card:#192327;--ink:#e7eef0;--muted:#9fb0b7;
--grid:#2f3c42;--accent:#62c8e0;--band:#20404a;--c1:#62c8e0;--c2:#f0a35e;--c3:#b6a6f2;--c4:#7fd3a0;--c5:#e3c75a;
--c6:#a4adb1;--d1:#1f3b45;--d2:#2a6376;--d3:#3f9bb5;--d4:#7fdcf2}}
@media print{:root{color-scheme:light;
--page:#fff;--card:#fff;--ink:#000;--muted:#444;--grid:#ccc;--accent:#0b6e8a;
--band:#e6eef0;--c1:#0b6e8a;--c2:#b3541e;--c3:#5b4a9e;--c4:#2f7d4f;--c5:#8a6d00;--c6:#737a7e;
--d1:#cfe5ec;--d2:#8fc3d3;--d3:#3f93ad;--d4:#0b5f78}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}figure,.month,li{break-inside:avoid}h2{break-after:avoid}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:1rem/1.5 system-ui,sans-serif}
main{max-width:72rem;margin:0 auto;padding:1.25rem 1rem 3rem}
h1{font-size:1.7rem;margin:.2rem 0}
h2{font-size:1.25rem;margin:2.2rem 0 .6rem}h3{font-size:1rem;margin:1.2rem 0 .5rem}
p{margin:.4rem 0;max-width:46rem}.quiet{color:var(--muted)}
ul{margin:.4rem 0;padding-left:1.2rem}li{margin:.25rem 0}
.real{list-style:none;padding:0}
.real li{border-left:.3rem solid var(--accent);background:var(--card);padding:.5rem .8rem}
.grid{display:grid;gap:1rem;grid-template-columns:repeat(auto-fill,minmax(min(100%,21rem),1fr))}
figure{margin:0;padding:.8rem;background:var(--card);border:1px solid var(--grid);border-radius:.5rem}
figure svg{display:block;width:100%;height:auto}svg text{font-family:inherit!important}
figcaption{font-size:.9rem;margin-top:.4rem}
.months{display:flex;flex-wrap:wrap;align-items:start;gap:1rem}.month{display:grid;grid-template-columns:repeat(7,1.35rem);gap:.15rem}
.month b{grid-column:1/-1;font-size:.85rem;font-weight:600}
.month i{height:1.35rem;
font:.68rem/1.35rem system-ui,sans-serif;text-align:center;border-radius:.2rem;color:var(--muted)}
.month .s1,.month .s2{color:var(--ink)}.month .s3,.month .s4{color:var(--card);font-weight:700}
.s1{background:var(--d1)}.s2{background:var(--d2)}.s3{background:var(--d3)}.s4{background:var(--d4)}
.lead{font-size:1.2rem;font-weight:600}
.week{display:flex;gap:.5rem}.week i{width:1rem;height:1rem;border-radius:50%;border:2px solid var(--accent)}
.week .counted{background:var(--accent)}
.week .missed{border-color:var(--grid)}
.week .forgiven{background:linear-gradient(90deg,var(--accent) 50%,transparent 50%)}
.wide{overflow-x:auto}
table{border-collapse:collapse;margin:.6rem 0}th,td{text-align:left;padding:.25rem 1rem .25rem 0;
border-bottom:1px solid var(--grid)}th{color:var(--muted);font-weight:600}
details{margin-top:2.2rem}summary{font-size:1.25rem;font-weight:700;cursor:pointer}
footer{margin-top:2.5rem;border-top:1px solid var(--grid);font-size:.9rem}
"""


def progress_page(
    history: History,
    today: date,
    words: ProgressWords,
    memories: Mapping[str, str] | None = None,
    photos: tuple[KeptPhoto, KeptPhoto] | None = None,
    next_check_in: date | None = None,
) -> str:
    """Return the page as HTML: no network, and no script but the photos' slider; 0.5 MB after a year.

    Parameters
    ----------
    history
        Everything; the simulated person's sessions are left out as soon as there are own ones.
    today
        By the person's clock.
    words
        Of the person's language.
    memories
        The name of each memory, by id; without an entry they are numbered, as on a page to be shown.
    photos
        The first and the latest photo, where they are kept and to be seen.
    next_check_in
        When the next check-in is due, None if it is not known.
    """
    own = history.own()
    names = memory_names(own, words, memories)
    title, date_made = words.say("title", PAGE), _text(words.day(today))
    parts = [f"<h1>{_text(title)}</h1>", *_week(own, today, words)]
    if own.simulated:
        parts.append(f"<p><strong>{_text(words.say('simulated', PAGE))}</strong></p>")
    if not own.sessions and not own.scores:
        begin = _text(words.say("none_yet", command=SCRIPT)).replace(SCRIPT, f"<code>{SCRIPT}</code>")
        parts.append(f"<p>{begin}.</p>")
    else:
        scores = score_series(own)
        exercises = {name: exercise_series(own, name) for name in own.exercises}
        series = (*scores, *chain.from_iterable(exercises.values()))
        parts += [f'<p class="lead">{_text(headline(series, words))}.</p>']
        if due := next_sentence(next_check_in, today, words):
            parts.append(f"<p>{_text(due)}.</p>")
        parts += [*_changes(series, words), *_photos(photos, words), *_scores(own, scores, words)]
        parts += [*_exercises(own, exercises, today, words), *_attempts(own, words)]
        parts += [*_memories(own, words, names), *_sides(own, words), *_calendar(own, today, words)]
        parts += _how_we_know(series, words)
    policy, style = "default-src 'none'; style-src 'unsafe-inline'", _STYLE
    if photos is not None:
        policy += f"; img-src data:; script-src '{before_after.SCRIPT_HASH}'"
        style += before_after.STYLE
    return (
        '<!doctype html>\n<html lang="' + words.language + '"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        # The browser is told to fetch nothing, so that nothing can leave the machine from here either.
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        f"<title>{_text(title)}, {date_made}</title><style>{style}</style></head>\n<body><main>\n"
        + "\n".join(parts)
        + _footer(today, words)
        + "\n</main></body></html>\n"
    )


def _week(own: History, today: date, words: ProgressWords) -> list[str]:
    """Show the last seven days as dots, and how much was done and how regularly; nothing before a session."""
    if not own.sessions:
        return []
    week = week_marks(own, today)
    dots = "".join(f'<i class="{mark}"></i>' for mark in week)
    told = f"<p>{_text(overview(own, today, words))}.</p>"
    label = html.escape(words.line(words.say("week"), week_text(week, words)))
    return [f'<p class="week" role="img" aria-label="{label}">{dots}</p>{told}']


def _changes(series: Sequence[Series], words: ProgressWords) -> list[str]:
    """Say which series changed beyond noise; nothing if none did."""
    real = [words.sentence(one) for one in series if one.changed]
    return [_heading("changed", words), _list(real, "real")] if real else []


def _how_we_know(series: Sequence[Series], words: ProgressWords) -> list[str]:
    """Show, folded away, the series that have not changed, those too short to tell, and how to read them."""
    still = [words.sentence(one) for one in series if one.changed is False]
    early = early_sentence(series, words)
    parts = [_list(still)] if still else []
    if early:
        parts.append(f"<p>{_text(early)}.</p>")
    parts.append(_quiet(words.say("how_to_read", PAGE)))
    return [f"<details><summary>{_text(words.say('how', PAGE))}</summary>{''.join(parts)}</details>"]


def _photos(photos: tuple[KeptPhoto, KeptPhoto] | None, words: ProgressWords) -> list[str]:
    return [] if photos is None else [_heading("photos", words), before_after.compared(*photos, words)]


def _scores(own: History, found: Sequence[Series], words: ProgressWords) -> list[str]:
    if not found:
        return []
    kind = type_sentence(own, words)
    told = [f"<p>{_text(kind)}.</p>"] if kind else []
    return [_heading("scores", words), *told, _first_and_now(found, words), _trends(found, words)]


def _first_and_now(found: Iterable[Series], words: ProgressWords) -> str:
    """Show each score at first and now with its standard error, and its verdict; one alone has none yet."""
    found = tuple(found)
    heads = [words.say(key, REPORT) for key in ("measure", "first")]
    if any(one.trend for one in found):
        heads += [words.say("now", REPORT), words.say("change", PAGE)]
    rows = ["<tr>" + "".join(f"<th>{_text(head)}</th>" for head in heads) + "</tr>"]
    for one in found:
        moved = one.trend
        start = one.values[0] if moved is None else moved.start
        cells = [words.label(one), words.with_error(one, start), "", ""]
        if moved is not None:
            cells[2:] = words.with_error(one, moved.now), words.short_verdict(one)
        rows.append("<tr>" + "".join(f"<td>{_text(cell)}</td>" for cell in cells[: len(heads)]) + "</tr>")
    return f'<div class="wide"><table>{"".join(rows)}</table></div>'


def _exercises(
    own: History, series: Mapping[str, Sequence[Series]], today: date, words: ProgressWords
) -> list[str]:
    felt = felt_sentence(own, words)
    told = [*exercise_lines(own, today, words), *([felt] if felt else [])]
    drawn = {name: _trends(found, words) for name, found in series.items()}
    charted = [f"<h3>{_text(words.title(name))}</h3>{grid}" for name, grid in drawn.items() if grid]
    parts = [*([_list(told)] if told else []), *charted]
    return [_heading("exercises", words), *parts] if parts else []


def _attempts(own: History, words: ProgressWords) -> list[str]:
    if not own.attempts or not own.sessions:
        return []
    drawn = _figure(charts.attempts_chart(own, words), attempts_sentence(own, words))
    return [_heading("tries", words), f'<div class="grid">{drawn}</div>']


def _memories(own: History, words: ProgressWords, names: Mapping[str, str]) -> list[str]:
    if not own.recalls:
        return []
    figures = [_figure(charts.reliability_chart(own, words, names), words.say("reliability", PAGE))]
    if any(row.latency_s is not None for row in own.recalls):
        figures.append(_figure(charts.latency_chart(own, words, names), words.say("latency", PAGE)))
    grid = f'<div class="grid">{"".join(figures)}</div>'
    return [_heading("memories", words), _list(memory_lines(own, words, names)), grid]


def _sides(own: History, words: ProgressWords) -> list[str]:
    series = side_series(own)
    if len(series.values) < CHARTED:
        return []
    told = "" if series.trend is None else f"{side_sentence(series, words)}. "
    caption = f"{told}{words.say('band', PAGE)}"
    drawn = _figure(charts.side_chart(series, words), caption)
    sentence = _text(weaker_side_sentence(own, words))
    return [_heading("sides", words), f"<p>{sentence}.</p>", f'<div class="grid">{drawn}</div>']


def _calendar(own: History, today: date, words: ProgressWords) -> list[str]:
    """Show the last twelve months with the repetitions of each day, most recent first; nothing before one."""
    counts = Counter(row.at.date() for row in own.repetitions)
    active = own.active_days
    if not active:
        return []
    first = min(active)
    months: list[str] = []
    month = today.replace(day=1)
    while month >= first.replace(day=1) and len(months) < 12:  # noqa: PLR2004 - a year
        months.append(_month(month, counts, active, words))
        month = (month - timedelta(days=1)).replace(day=1)
    note = _quiet(words.say("calendar_note", PAGE))
    return [_heading("calendar", words), note, f'<div class="months">{"".join(months)}</div>']


def _month(month: date, counts: Mapping[date, int], active: frozenset[date], words: ProgressWords) -> str:
    cells = "<i></i>" * month.weekday()
    day = month
    while day.month == month.month:
        count = counts.get(day, 0)
        shade = max(sum(count >= step for step in _STEPS), 1) if day in active else 0
        told = html.escape(bound(words.line(words.day(day), words.count("repetitions", count))))
        mark = f' class="s{shade}" title="{told}"' if shade else ""
        cells += f"<i{mark}>{day.day}</i>"
        day += timedelta(days=1)
    return f'<div class="month"><b>{_text(words.month(month))}</b>{cells}</div>'


def _trends(found: Iterable[Series], words: ProgressWords) -> str:
    moving = [
        one for one in found if max(one.values) - min(one.values) > one.resolution
    ]  # else: see the text
    figures = [_figure(charts.trend_chart(one, words), words.label(one)) for one in moving]
    return f'<div class="grid">{"".join(figures)}</div>' if figures else ""


def _figure(svg: str, caption: str) -> str:
    return f"<figure>{svg}<figcaption>{_text(caption)}</figcaption></figure>"


def _list(lines: Iterable[str], kind: str = "") -> str:
    items = "".join(f"<li>{_text(line)}</li>" for line in lines)
    return f'<ul class="{kind}">{items}</ul>' if kind else f"<ul>{items}</ul>"


def _text(words: str) -> str:
    return html.escape(bound(words), quote=False)


def _heading(key: str, words: ProgressWords) -> str:
    return f"<h2>{_text(words.say(key, PAGE))}</h2>"


def _quiet(text: str) -> str:
    return f'<p class="quiet">{_text(text)}</p>'


def _footer(today: date, words: ProgressWords) -> str:
    made = words.say("made", PAGE, date=words.day(today), version=coach.__version__)
    return f"<footer>{_quiet(made)}</footer>"
