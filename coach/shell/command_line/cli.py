"""The commands for a session, a recording and the machine; the heavy parts are imported when asked for."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, Literal

import click

from coach import __version__
from coach.errors import UsageError
from coach.shell.command_line import (
    daily_commands,
    people_commands,
    progress_commands,
    setting_commands,
    smile_commands,
)
from coach.shell.command_line.options import NAME, PLACE, DefaultGroup, analyzing, filed, replaying, shared
from coach.shell.profile.shared_options import Shared

__all__ = ["Shared", "cli"]


class Amount(click.FloatRange):
    """A number between two limits; "nan" is not one, though it is neither too small nor too large."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the number."""
        try:
            number = float(value)
        except ValueError:
            number = math.nan
        least, most = self.min or 0.0, self.max or math.inf
        if not least <= number <= most:
            self.fail(f"'{value}' is not a number from {least:g} to {most:g}", param, ctx)
        return number


CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
SEED = 5  # of the demo: the simulated person misses one try, is told why, and still finishes in two minutes
PLAN = click.option(
    "--plan", type=NAME, metavar="NAME", help="One that smile-coach plans lists, or one exercise's name."
)
RECORD = click.option(
    "--record",
    type=click.Choice(["plain", "overlay"]),
    is_flag=False,
    flag_value="plain",
    help="Film the session, as the camera sees it or as the window shows it.",
)


@click.group(cls=DefaultGroup, context_settings=CONTEXT)
@click.version_option(__version__, prog_name="smile-coach")
def cli() -> None:
    """Two minutes a day for the muscles of a smile, led by your webcam.

    Without a command it starts today's session. Everything stays on this machine.
    """


@cli.command()
@PLAN
@click.option("--minutes", type=Amount(0.5, 60), help="Fit the session into this many minutes.")
@click.option(
    "--jaw-release/--no-jaw-release",
    "loosen",
    default=None,
    help="Loosen the jaw first, or not, where the plan lacks it; without it you are asked in the window.",
)
@RECORD
@shared
def session(
    options: Shared,
    plan: str | None,
    minutes: float | None,
    record: Literal["plain", "overlay"] | None,
    *,
    loosen: bool | None,
) -> int:
    """Today's guided session with the webcam."""
    from coach.shell.app.session import run_session
    from coach.shell.profile.home import Home
    from coach.shell.profile.plan_files import load_plan
    from coach.shell.welcome.person_choice import choose_person
    from coach.shell.welcome.setup import needs_setup, run_setup
    from coach.shell.window.window import display_problem

    options = choose_person(options, led=True)
    home = Home.find(options)
    led = options.window and record is None and not display_problem()
    if led and needs_setup(home, options.source):
        # report a wrong plan before asking anything
        load_plan(plan or home.settings.plan, minutes, data_dir=home.data_dir)
        return run_setup(options, plan, minutes)
    return run_session(options, plan, minutes, record=record, loosen=loosen)


@cli.command(short_help="Watch a session done by a simulated person; no webcam needed.")
@PLAN
@click.option("--minutes", type=Amount(0.5, 60), help="Fit the session into this many minutes.")
@click.option("--seed", type=int, default=SEED, help="Random seed; a different seed gives a different run.")
@RECORD
@shared
def demo(
    options: Shared,
    plan: str | None,
    minutes: float | None,
    seed: int,
    record: Literal["plain", "overlay"] | None,
) -> int:
    """Watch the same session done by a simulated person: no webcam, display or sound needed."""
    from coach.shell.app.session import run_session

    return run_session(options, plan, minutes, demo=True, seed=seed, record=record)


@cli.command()
@click.argument("video", type=PLACE)
@click.option(
    "--exercise",
    metavar="NAME",
    help="Count one that smile-coach exercises lists; without it every movement is described.",
)
@click.option(
    "--neutral",
    default="auto",
    show_default=True,
    metavar="A:B",
    help="Seconds of a face at rest; auto: the longest stretch of it.",
)
@click.option("--cue-at", type=float, multiple=True, metavar="S", help="When a memory was cued; repeatable.")
@click.option("--hold-s", type=Amount(0.1, 120), metavar="S", help="A different hold target, seconds.")
@click.option("--features", type=PLACE, metavar="FILE.csv", help="Write every signal.")
@click.option("--plot", type=PLACE, metavar="FILE.png", help="Draw signals and events.")
@click.option("--json", "as_json", is_flag=True, help="Describe every movement as JSON.")
@analyzing
def analyze(
    options: Shared,
    video: Path,
    exercise: str | None,
    neutral: str,
    cue_at: tuple[float, ...],
    hold_s: float | None,
    features: Path | None,
    plot: Path | None,
    *,
    as_json: bool,
) -> int:
    """Count one exercise in a film, or describe every movement.

    It runs as fast as the machine can. All times are seconds from the film's first picture, even where its
    sound begins earlier.
    """
    _refuse_live(options)
    if as_json and (exercise is not None or options.events == "-"):
        raise UsageError("--json: describes every movement; leave --exercise and --events - out")
    for cue in cue_at:
        if not 0 <= cue < float("inf"):
            raise UsageError(f"--cue-at {cue:g}: not a time in a recording; give seconds, e.g. 14.2")
    from coach.shell.app.analyze import Request
    from coach.shell.command_line.analyze_report import analyze_and_report

    request = Request(video, exercise, _neutral(neutral), cue_at, hold_s, options.events, features, plot)
    return analyze_and_report(request, options, as_json=as_json)


def _refuse_live(options: Shared) -> None:
    """Refuse what would change nothing; a film has no window and no voice in any case."""
    given = {
        "--source": options.source is not None,
        "--speed": options.speed is not None,
    }
    for name in (name for name, is_given in given.items() if is_given):
        raise UsageError(f"{name}: has no meaning for analyze; it reads a film, at full speed")


def _neutral(text: str) -> tuple[float, float] | None:
    if text == "auto":
        return None
    begin, _, end = text.partition(":")
    try:
        window = float(begin), float(end)
    except ValueError:
        raise UsageError(
            f"--neutral {text}: not two numbers; write A:B in seconds, e.g. 0:3, or auto"
        ) from None
    if not 0 <= window[0] < window[1] < float("inf"):
        raise UsageError(f"--neutral {text}: must be 0 <= A < B; give seconds, e.g. 0:3")
    return window


@cli.command("check-in")
@click.option("--keep-photos/--no-photos", default=None, help="Keep the pictures in the data folder, or not.")
@shared
def check_in(options: Shared, keep_photos: bool | None) -> int:
    """Take standardised pictures and scores, every two weeks."""
    from coach.shell.app.check_in import check_in_at_camera
    from coach.shell.welcome.person_choice import choose_person

    return check_in_at_camera(choose_person(options, led=True), keep_photos=keep_photos)


@cli.command()
@shared
def calibrate(options: Shared) -> int:
    """Measure your own best: cheeks, smile and jaw."""
    from coach.shell.app.calibrate import run_calibrate
    from coach.shell.welcome.person_choice import choose_person

    return run_calibrate(choose_person(options, led=True))


@cli.command()
@click.argument("session", metavar="SESSION")
@click.argument("other", required=False)
@replaying
def replay(options: Shared, session: str, other: str | None) -> int:
    """Watch a recorded session again, or two side by side.

    SESSION is "last", a recording's name or a session's id, or the start of either; forget film lists them.
    """
    from coach.shell.recording.replay import run_replay
    from coach.shell.welcome.person_choice import choose_person

    return run_replay(choose_person(options, led=True), session, other)


@cli.command()
@click.option("--launcher", is_flag=True, help="Only add smile-coach to your system's applications.")
@shared
def setup(options: Shared, launcher: bool) -> int:
    """Go through the first run again: language, sound, camera, range."""
    if launcher:
        from coach.shell.profile.own_command import arguments, program
        from coach.shell.system.launcher import add_launcher

        path = add_launcher([*program(), *arguments(options)])
        click.echo(f"{path}: starts smile-coach from your applications; delete it to be rid of it")
        return 0
    from coach.shell.welcome.person_choice import choose_person
    from coach.shell.welcome.setup import run_setup

    return run_setup(choose_person(options, led=True))


@cli.command()
@click.option("--mend", is_flag=True, help="Take unreadable rows out of the history; a copy is kept.")
@filed
def doctor(options: Shared, mend: bool) -> int:
    """Check what works on this machine, and how to fix the rest."""
    from coach.shell.app.doctor import checks, mend_history, report
    from coach.shell.profile.home import Home
    from coach.shell.profile.people import people

    home = Home.find(options)
    if mend:
        for line in mend_history(home.make_data_dir()) or ["nothing to mend: all of the history can be read"]:
            click.echo(line)
        return 0
    return report(checks(home.settings, home.data_dir, home.cache_dir, people(Home.base(options))))


for command in (
    *daily_commands.ALL,
    *smile_commands.ALL,
    *progress_commands.ALL,
    *people_commands.ALL,
    *setting_commands.ALL,
):
    cli.add_command(command)
