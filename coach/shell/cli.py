"""The commands and their options; what they do is in modules of their own, imported when asked for."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from coach import __version__
from coach.errors import UsageError

F = TypeVar("F", bound=Callable[..., Any])


class DefaultGroup(click.Group):
    """A group whose first command is `session`: `smile-coach --plan full` needs no word more."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `session` in front of arguments that begin with no command."""
        own = {name for parameter in self.params for name in parameter.opts} | {"--help"}
        if not args or (args[0].startswith("-") and args[0] not in own):
            args = ["session", *args]
        return super().parse_args(ctx, args)


@dataclass(frozen=True, slots=True)
class Shared:
    """The options that every command takes."""

    source: str | None
    window: bool
    voice: bool
    events: str | None
    data_dir: Path | None
    config: Path | None
    language: str | None
    speed: str | None


def shared(function: F) -> F:
    """Give a command the shared options, as one argument `options`."""

    @click.option("--source", metavar="SOURCE", help="webcam, webcam:N, demo, or a video file.")
    @click.option("--no-window", is_flag=True, help="Run without a window.")
    @click.option("--no-voice", is_flag=True, help="Run without sound; captions are shown all the same.")
    @click.option("--events", metavar="PATH", help="Write the event log (JSON Lines); - is standard output.")
    @click.option(
        "--data-dir",
        type=click.Path(path_type=Path),
        envvar="SMILE_COACH_HOME",
        help="Where history is kept (or SMILE_COACH_HOME).",
    )
    @click.option("--config", type=click.Path(path_type=Path), help="Your settings file (TOML).")
    @click.option("--language", metavar="CODE", help="en, de, es, fr or auto.")
    @click.option(
        "--speed",
        type=click.Choice(["real", "max"]),
        help="Pace of the simulated person and of files; real with a window, max without.",
    )
    @functools.wraps(function)
    def command(
        source: str | None,
        no_window: bool,
        no_voice: bool,
        events: str | None,
        data_dir: Path | None,
        config: Path | None,
        language: str | None,
        speed: str | None,
        **rest: Any,
    ) -> Any:
        options = Shared(source, not no_window, not no_voice, events, data_dir, config, language, speed)
        return function(options=options, **rest)

    return command  # type: ignore[return-value]


CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


@click.group(cls=DefaultGroup, context_settings=CONTEXT)
@click.version_option(__version__, prog_name="smile-coach")
def cli() -> None:
    """Two minutes a day for the muscles of a smile, led by your webcam.

    Without a command it starts today's session. Everything stays on this machine.
    """


@cli.command()
@click.option("--plan", metavar="NAME", help="daily, full, cheeks-30, or one exercise's name.")
@click.option("--minutes", type=click.FloatRange(0.5, 60), help="Fit the session into this many minutes.")
@shared
def session(options: Shared, plan: str | None, minutes: float | None) -> int:
    """Today's guided session with the webcam."""
    from coach.shell.app import run_session

    return run_session(options, plan, minutes)


@cli.command()
@click.option("--plan", metavar="NAME", help="daily, full, cheeks-30, or one exercise's name.")
@click.option("--minutes", type=click.FloatRange(0.5, 60), help="Fit the session into this many minutes.")
@click.option("--seed", type=int, default=0, help="Another seed, another simulated person's day.")
@shared
def demo(options: Shared, plan: str | None, minutes: float | None, seed: int) -> int:
    """Watch the same session done by a simulated person: no webcam, display or sound needed."""
    from coach.shell.app import run_session

    return run_session(options, plan, minutes, demo=True, seed=seed)


@cli.command()
@click.argument("video", type=click.Path(path_type=Path))
@click.option("--exercise", required=True, metavar="NAME", help="Which exercise to look for.")
@click.option("--neutral", default="0:3", show_default=True, metavar="A:B", help="Seconds of a face at rest.")
@click.option("--cue-at", type=float, multiple=True, metavar="S", help="When a memory was cued; repeatable.")
@click.option("--hold-s", type=click.FloatRange(0.1, 120), metavar="S", help="Another hold target, seconds.")
@click.option("--features", type=click.Path(path_type=Path), metavar="FILE.csv", help="Write every signal.")
@click.option("--plot", type=click.Path(path_type=Path), metavar="FILE.png", help="Draw signals and events.")
@shared
def analyze(
    options: Shared,
    video: Path,
    exercise: str,
    neutral: str,
    cue_at: tuple[float, ...],
    hold_s: float | None,
    features: Path | None,
    plot: Path | None,
) -> int:
    """Count and time a recording, as fast as the machine can."""
    from coach.shell.analyze import Request
    from coach.shell.report import analyze_and_report

    request = Request(
        video, exercise, _neutral(neutral), cue_at, hold_s, options.events, features, plot
    )
    return analyze_and_report(request, options)


def _neutral(text: str) -> tuple[float, float]:
    begin, _, end = text.partition(":")
    try:
        window = float(begin), float(end)
    except ValueError:
        raise UsageError(f"--neutral {text}: not two numbers; write A:B in seconds, e.g. 0:3") from None
    if not 0 <= window[0] < window[1] < float("inf"):
        raise UsageError(f"--neutral {text}: must be 0 <= A < B; write seconds, e.g. 0:3")
    return window
