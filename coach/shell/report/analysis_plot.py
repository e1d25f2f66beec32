"""The figure of `analyze --plot`: signals, thresholds, phases and events of one recording."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from coach.errors import CoachError, UsageError
from coach.events import Attempt, Event, JawCircle, Recall, Released, Rep, Smile
from coach.exercise.held_smile import SmileSpec
from coach.exercise.protocol import AnyExercise
from coach.exercise.spec import RepeatedSpec
from coach.session.analysis import Analysed
from coach.session.film_description import EveryMovement, describe_film
from coach.shell.report.description_report import description_lines
from coach.shell.report.figure_style import own_style
from coach.shell.system.private_file import write_private

LEFT, RIGHT, GREY = "#0072B2", "#D55E00", "#666666"  # Okabe-Ito: told apart by the colour-blind too
HEADROOM = 0.7  # of the curves' height, above them: room for the longest reason
SHADES = {"onset": "#F0E442", "apex": "#009E73", "offset": "#56B4E9"}


def check_plot(path: Path) -> None:
    """Say before all the work whether a figure can be written there.

    Raises
    ------
    UsageError
        The place cannot be a file, or its ending is not that of a picture format.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    kinds = FigureCanvasAgg.get_supported_filetypes()
    if path.suffix[1:].lower() not in kinds:
        raise UsageError(f"--plot {path}: its ending names no kind of picture; name a .png, .svg or .pdf")
    if path.is_dir() or not path.absolute().parent.is_dir():
        raise UsageError(f"--plot {path}: no place for a file; name one in a folder that exists")


def draw_analysis(
    path: Path, exercise: AnyExercise, frames: Sequence[Analysed], events: Sequence[Event]
) -> None:
    """Draw one recording's signals, phases and events.

    Raises
    ------
    CoachError
        The file cannot be written.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    own_style()
    seen = [frame for frame in frames if frame.features is not None]
    figure = Figure(figsize=(16, 9), layout="constrained")
    FigureCanvasAgg(figure)
    smiles = [event for event in events if isinstance(event, Smile)]
    axes = figure.subplots(
        5 if smiles else 4, 1, sharex=True, height_ratios=[4, 2, 2, 1, 2][: 5 if smiles else 4]
    )
    _level(axes[0], exercise, seen)
    _sides(axes[1], seen, (("lid_lift", "lower lid (eye distances)"), ("corner_pull", "corner pull")))
    _single(axes[2], seen)
    _hold(axes[3], exercise, frames)
    if smiles:
        _evenness(axes[4], exercise, smiles)
    for axis in axes:
        _phases(axis, frames)
        axis.grid(alpha=0.3)
        axis.margins(x=0)
    _events(axes[0], exercise, events)
    figure.suptitle(_title(exercise, events), x=0.01, ha="left")
    axes[-1].set_xlabel("seconds")
    picture = io.BytesIO()
    try:
        figure.savefig(picture, dpi=90, format=path.suffix[1:].lower())
        write_private(path, picture.getvalue())
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise CoachError(f"--plot {path}: cannot be written ({reason}); name another place") from error


def _title(exercise: AnyExercise, events: Sequence[Event]) -> str:
    if isinstance(exercise, EveryMovement):
        return description_lines(describe_film(events))[0]
    reps = sum(isinstance(event, Rep) for event in events)
    return f"{exercise.name}: {reps} {'repetition' if reps == 1 else 'repetitions'}"


def _legend(axis: Any) -> None:
    """Put the legend above its axis, where it hides nothing."""
    axis.legend(
        loc="lower right",
        bbox_to_anchor=(1.0, 1.0),
        ncols=6,
        fontsize="small",
        frameon=False,
        borderaxespad=0,
    )


def _evenness(axis: Any, exercise: AnyExercise, smiles: Sequence[Smile]) -> None:
    """Draw each smile's difference of the sides, its uncertainty, and the difference nobody notices."""
    if isinstance(exercise.spec, SmileSpec):
        noticed = exercise.spec.even.noticed_mm
        axis.axhspan(-noticed, noticed, color=GREY, alpha=0.15, linewidth=0, label="others do not notice")
    for number, smile in enumerate(smiles):
        if smile.difference_mm is None or smile.uncertainty_mm is None:
            continue
        span = (smile.start, smile.t if smile.end is None else smile.end)
        colour = {"left": RIGHT, "right": LEFT}.get(smile.weaker_side, "black")  # of the stronger side
        low, high = smile.difference_mm - smile.uncertainty_mm, smile.difference_mm + smile.uncertainty_mm
        axis.fill_between(
            span, low, high, color=colour, alpha=0.25, linewidth=0, label="" if number else "uncertainty"
        )
        axis.plot(span, [smile.difference_mm] * 2, color=colour)
        verdict = (
            f"{smile.weaker_side} weaker" if smile.weaker_side in ("left", "right") else smile.weaker_side
        )
        axis.annotate(verdict, (span[0], high), fontsize="small", va="bottom")
    axis.axhline(0.0, color=GREY, linewidth=0.5)
    axis.margins(y=0.2)  # room for the words above
    axis.set_ylabel("left minus right (mm)")
    _legend(axis)


def _level(axis: Any, exercise: AnyExercise, seen: Sequence[Analysed]) -> None:
    """Draw the bars as the person would see them, with the level that begins an attempt."""
    barred = [frame for frame in seen if frame.view.bars is not None]
    times = [frame.t for frame in barred]
    bars = [frame.view.bars for frame in barred]
    axis.plot(times, [b.level.left for b in bars if b], color=LEFT, label="left")
    axis.plot(times, [b.level.right for b in bars if b], color=RIGHT, linestyle="--", label="right")
    if isinstance(exercise.spec, RepeatedSpec):
        enter = exercise.spec.repetition.enter
        axis.axhline(enter, color=GREY, linestyle=":", label=f"enter {enter:g}")
    axis.set_ylabel("share of your best")
    _legend(axis)


def _sides(axis: Any, seen: Sequence[Analysed], names: Sequence[tuple[str, str]]) -> None:
    times = [frame.t for frame in seen]
    for offset, (name, label) in enumerate(names):
        style = "-" if offset == 0 else "--"
        pairs = [getattr(frame.features, name) for frame in seen]
        axis.plot(times, [p.left for p in pairs], color=LEFT, linestyle=style, label=f"{label}, left")
        axis.plot(times, [p.right for p in pairs], color=RIGHT, linestyle=style, label=f"{label}, right")
    closure = [frame.features.closure.maximum for frame in seen if frame.features]
    axis.fill_between(times, 0, [c / 10 for c in closure], color=GREY, alpha=0.3, label="lid closure / 10")
    _legend(axis)


def _single(axis: Any, seen: Sequence[Analysed]) -> None:
    times = [frame.t for frame in seen]
    for name, colour, style in (
        ("jaw_down", LEFT, "-"),
        ("jaw_side", RIGHT, "--"),
        ("lip_gap", GREY, ":"),
    ):
        axis.plot(
            times,
            [getattr(frame.features, name) for frame in seen],
            style,
            color=colour,
            label=name.replace("_", " "),
        )
    turn = axis.twinx()
    turn.plot(times, [f.features.turn for f in seen if f.features], color=GREY, alpha=0.4)
    turn.set_ylabel("head turn (degrees)")
    _legend(axis)


def _hold(axis: Any, exercise: AnyExercise, frames: Sequence[Analysed]) -> None:
    axis.plot([f.t for f in frames], [f.view.hold_s for f in frames], color=GREY)
    if isinstance(exercise.spec, RepeatedSpec):
        axis.axhline(exercise.spec.repetition.hold_s, color=GREY, linestyle=":")
    axis.set_ylabel("hold (s)")


def _phases(axis: Any, frames: Sequence[Analysed]) -> None:
    """Shade the temporal segments: onset, apex, offset."""
    begin = 0
    for n in range(1, len(frames) + 1):
        if n == len(frames) or frames[n].view.phase != frames[begin].view.phase:
            shade = SHADES.get(frames[begin].view.phase)
            if shade is not None:
                axis.axvspan(frames[begin].t, frames[n - 1].t, color=shade, alpha=0.15, linewidth=0)
            begin = n


def _events(axis: Any, exercise: AnyExercise, events: Sequence[Event]) -> None:
    """Mark what was found, with its name in a room of its own above the curves."""
    low, high = axis.get_ylim()
    top = high + HEADROOM * (high - low)
    axis.set_ylim(low, top)
    for t, label in _marks(exercise, events):
        axis.axvline(t, color="black", linewidth=0.8)
        axis.text(t, top, f"{label} ", rotation=90, va="top", ha="right", fontsize="small")
    for event in events:
        if type(event) is Released and not isinstance(exercise, EveryMovement):
            axis.axvline(event.end, color=GREY, linewidth=0.5)


def _marks(exercise: AnyExercise, events: Sequence[Event]) -> list[tuple[float, str]]:
    """Return when something was found, and what: movements where they begin, tries where they are decided."""
    if isinstance(exercise, EveryMovement):
        film = describe_film(events)
        return [
            *((smile.start, f"smile {number}") for number, smile in enumerate(film.smiles, start=1)),
            *((raised.start, "cheek raise") for raised in film.cheek_raises),
            *((opening.start, "wide opening") for opening in film.openings),
            *((circle.t, "circle") for circle in film.circles),
        ]
    return [(event.t, label) for event in events if (label := _label(event))]


def _label(event: Event) -> str:
    """Return the words beside a mark; empty for an event without one."""
    match event:
        case Attempt():
            return event.reason.replace("_", " ")
        case Rep():
            return f"rep {event.index}"
        case Recall():
            return f"recall {event.index}"
        case JawCircle():
            return "circle"
        case _:
            return ""
