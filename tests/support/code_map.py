"""The map in CONTRIBUTING.md, made from the code: rooms, ways through them, the benchmarks.

`python tests/support/code_map.py` draws it again. Rooms and layers come from the packages' own sentences and
the rules in pyproject.toml, the benchmarks from their modules' own sentences. The ways are named here: each
function must exist, and each caller must call what is indented below it, directly or through its module's
private helpers. Otherwise there is an error.
"""

from __future__ import annotations

import ast
import tomllib
from dataclasses import dataclass
from functools import cache

from checkout import ROOT

GUIDE = ROOT / "CONTRIBUTING.md"
BEGIN, END = "<!-- begin {}: python tests/support/code_map.py -->", "<!-- end {} -->"
WIDTH = 42  # columns before a file's name


@dataclass(frozen=True, slots=True)
class Step:
    """A function on a way, and what it calls there.

    `at`: `module:function`, the module without `coach.` in front. `called`: the name under which a caller
    that is handed the function calls it; empty for its own. `note`: a few words behind it.
    """

    at: str
    calls: tuple[Step, ...] = ()
    called: str = ""
    note: str = ""


def step(at: str, *calls: Step, called: str = "", note: str = "") -> Step:
    return Step(at, calls, called, note)


WAYS: dict[str, tuple[Step, ...]] = {
    "a frame, from the camera to the screen": (
        step(
            "shell.app.loop:Loop.run",
            step(
                "shell.detection.detector:ThreadedDetector.read",
                step(
                    "shell.detection.detector:Detector.read",
                    step("shell.capture.webcam:Webcam.read"),
                    step("shell.detection.landmarker:Landmarker.detect"),
                ),
                note="live: a frame ahead, on a thread; else Detector.read",
            ),
            step(
                "session.session:Session.process",
                step("coaching.led:Led.see", step("face.presence:Presence.see")),
                step("face.perception:Perception.features", step("face.features:extract")),
                step(
                    "session.plan_run:PlanRun.step",
                    step(
                        "session.exercise_run:ExerciseRun.step",
                        step(
                            "exercise.held:Held.step",
                            step("exercises.cheek_raiser:CheekRaiser.level"),
                            step("exercises.cheek_raiser:CheekRaiser.fault"),
                            step("exercise.rep_machine:step"),
                        ),
                    ),
                ),
            ),
            step(
                "shell.window.window:OpenCvWindow.show",
                step("shell.window.painter:Painter.paint"),
            ),
        ),
    ),
    "a cue, from the exercise to the ear": (
        step(
            "session.session:Session.process",
            step(
                "session.plan_run:PlanRun.step",
                step(
                    "session.exercise_run:ExerciseRun.step",
                    step("coaching.guides.held_guide:HeldGuide.step"),
                ),
            ),
            step("coaching.cue_queue:CueQueue.add"),
            step(
                "coaching.led:Led.next_cue",
                step(
                    "coaching.cue_queue:CueQueue.next",
                    step("coaching.phrases:PhraseBook.fill"),
                    step("coaching.cue_scheduler:step"),
                ),
            ),
        ),
        step(
            "shell.app.loop:Loop.run",
            step(
                "shell.sound.speech:SpokenVoice.say",
                step("shell.sound.player:WatchedPlayer.play"),
            ),
        ),
    ),
    "a repetition, from the face to the disk": (
        step(
            "session.session:Session.process",
            step(
                "session.plan_run:PlanRun.step",
                step(
                    "session.exercise_run:ExerciseRun.step",
                    step("exercise.held:Held.step", step("events:Rep")),
                ),
            ),
            step("coaching.session_log:SessionLog.add"),
            step("coaching.led_flow:LedFlow._events", step("coaching.session_log:SessionLog.taken")),
            step("session.tally:Tally.add"),
        ),
        step(
            "shell.app.loop:Loop.run",
            step(
                "shell.store.recorder:Recorder.take",
                step("shell.store.store:Store.record", step("shell.store.rows:statement")),
                step("shell.store.event_log:EventLog.write"),
            ),
        ),
    ),
    "a check-in's photo, from the frame to its scores": (
        step(
            "shell.app.check_in:run_check_in",
            step(
                "shell.app.loop:Loop.lead",
                step("check_in.flow:CheckInFlow.process", step("check_in.machine:step")),
                step(
                    "shell.app.photographer:Photographer.take",
                    step(
                        "shell.detection.stills:Stills.read",
                        step("shell.detection.straighten:StraightFace.view"),
                        step("shell.detection.landmarker:Landmarker.detect"),
                    ),
                    called="_photograph",
                ),
            ),
            step(
                "shell.app.check_in_record:scored",
                step("check_in.photo_measures:compare"),
                step("check_in.scores:score"),
            ),
            step("shell.app.check_in_record:numbers", step("check_in.scores:middle_of")),
            step("shell.store.store:Store.add_check_in"),
        ),
    ),
}

QUESTIONS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        "does a frame enter?",
        (
            ("shell.capture.webcam:Webcam.read", "gives the newest picture"),
            ("shell.app.loop:Loop.run", "takes it through everything else"),
        ),
    ),
    (
        "is a cheek raise decided?",
        (
            ("exercises.cheek_raiser:CheekRaiser.level", "measures it"),
            ("exercises.cheek_raiser:CheekRaiser.fault", "judges its form"),
            ("exercise.rep_machine:step", "counts and times it"),
            ("exercise.rep_machine:_reason", "says why one did not count"),
        ),
    ),
    (
        "is the weaker side decided?",
        (
            ("exercise.side_difference:side_difference", "compares the sides, and says how surely"),
            ("exercise.smile_symmetry:_weaker", "names the weaker one"),
        ),
    ),
    (
        "is a cue chosen, and spoken?",
        (
            ("coaching.guides.held_guide:HeldGuide.step", "chooses it"),
            ("coaching.cue_scheduler:step", "says when its turn comes"),
            ("shell.sound.speech:SpokenVoice.say", "speaks it"),
        ),
    ),
    (
        "is a repetition stored?",
        (
            ("shell.store.recorder:Recorder.take", "gets a session's events"),
            ("shell.store.store:Store.record", "writes the rows"),
        ),
    ),
    (
        "is a score computed?",
        (
            ("check_in.photo_measures:compare", "compares a photo with the neutral face"),
            ("check_in.scores:score", "turns that into points"),
            ("shell.app.score:score_photo", "does both for a picture file"),
        ),
    ),
)


class MapError(Exception):
    """The map names what is not in the code."""


def path_of(at: str) -> str:
    """Return the file of a step, from the top of the checkout."""
    module = at.partition(":")[0]
    package = module if module.startswith("exercises.") else f"coach.{module}"
    return f"{package.replace('.', '/')}.py"


@cache
def defined(path: str) -> dict[str, ast.AST]:
    """Return a module's functions, classes and methods by name, e.g. `step`, `Held`, `Held.step`."""
    found: dict[str, ast.AST] = {}
    for node in ast.parse((ROOT / path).read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found[node.name] = node
        if isinstance(node, ast.ClassDef):
            methods = (each for each in node.body if isinstance(each, ast.FunctionDef))
            found |= {f"{node.name}.{each.name}": each for each in methods}
    return found


def calls(path: str, name: str) -> set[str]:
    """Return the last names of all that a function calls, itself or through its module's private helpers."""
    called: set[str] = set()
    waiting, seen = [name], set()
    while waiting:
        name = waiting.pop()
        if name in seen or name not in defined(path):
            continue
        seen.add(name)
        owner = name.rpartition(".")[0]
        for node in ast.walk(defined(path)[name]):
            if not isinstance(node, ast.Call):
                continue
            word = ast.unparse(node.func).rpartition(".")[2]
            called.add(word)
            own = ast.unparse(node.func) == f"self.{word}"
            if own or word.startswith("_"):
                waiting += [f"{owner}.{word}", word]
    return called


def imported(path: str) -> set[str]:
    """Return the full names of all that a module imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            found |= {node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def checked(parent: Step | None, child: Step) -> str:
    """Return the file of a step that exists and is called by its parent.

    Raises
    ------
    MapError
        It does not exist, or its parent does not call it or, where it is no method, does not import it.
    """
    path, name = path_of(child.at), child.at.partition(":")[2]
    if not (ROOT / path).is_file() or name not in defined(path):
        raise MapError(f"{path} has no {name}")
    if parent is not None:
        caller, word = path_of(parent.at), child.called or name.rpartition(".")[2]
        if word not in calls(caller, parent.at.partition(":")[2]):
            raise MapError(f"{parent.at} does not call {word} of {path}")
        module = path.removesuffix(".py").replace("/", ".")
        if "." not in name and path != caller and module not in imported(caller):
            raise MapError(f"{caller} does not import {module}")
    return path


def shown(at: str) -> str:
    """Return a step's name as it is shown: `Loop.run`, or `rep_machine.step` for a plain function."""
    module, _, name = at.partition(":")
    return name if "." in name or name[0].isupper() else f"{module.rpartition('.')[2]}.{name}"


def way_lines(steps: tuple[Step, ...], parent: Step | None = None, depth: int = 1) -> list[str]:
    """Draw steps one below the other, each caller left of what it calls."""
    lines = []
    for each in steps:
        path = checked(parent, each)
        name = f"{'  ' * depth}{shown(each.at)}"
        note = f"  ({each.note})" if each.note else ""
        lines += [f"{name.ljust(WIDTH)}{path}{note}", *way_lines(each.calls, each, depth + 1)]
    return lines


def sentence(package: str) -> str:
    """Return what a package or module says of itself."""
    place = ROOT / package.replace(".", "/")
    path = place / "__init__.py" if place.is_dir() else place.with_suffix(".py")
    return (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").partition("\n")[0]


def room_lines() -> list[str]:
    """Return every room with its sentence, in the layers of the import rules."""
    rules = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    lines = []
    for contract in rules["contracts"]:
        if contract["type"] != "layers":
            continue
        (container,) = contract["containers"]
        lines.append(f"{container.replace('.', '/')}/")
        for layer in contract["layers"]:
            for number, room in enumerate(layer.split(" | ")):
                mark = "|" if number else " "
                lines.append(f"{mark} {room.ljust(14)}{sentence(f'{container}.{room}')}")
        lines.append("")
    return [*lines, "exercises/", f"  {sentence('exercises')}"]


def question_lines() -> list[str]:
    """Return the rows that answer where something is done."""
    lines = ["| Where ... | here |", "|---|---|"]
    for question, places in QUESTIONS:
        answers = (f"[`{shown(at)}`]({checked(None, Step(at))}) {does}" for at, does in places)
        lines.append(f"| {question} | {', '.join(answers)} |")
    return lines


def benchmark_lines() -> list[str]:
    """Return a row for each benchmark with the first sentence of its module."""
    names = sorted(path.stem for path in (ROOT / "benchmarks").glob("*.py"))
    rows = (f"| `{name}.py` | {sentence(f'benchmarks.{name}')} |" for name in names)
    return ["| `benchmarks/` | what it measures |", "|---|---|", *rows]


def parts() -> dict[str, str]:
    """Return the parts of the map by the names of their markers."""
    ways = [line for name, steps in WAYS.items() for line in (f"{name}:", *way_lines(steps), "")]
    return {
        "rooms": "\n".join(("```text", *room_lines(), "```")),
        "questions": "\n".join(question_lines()),
        "benchmarks": "\n".join(benchmark_lines()),
        "ways": "\n".join(("```text", *ways[:-1], "```")),
    }


def with_map(text: str) -> str:
    """Return the guide with the map as the code is now."""
    for name, part in parts().items():
        before, _, rest = text.partition(BEGIN.format(name))
        _, _, after = rest.partition(END.format(name))
        text = f"{before}{BEGIN.format(name)}\n{part}\n{END.format(name)}{after}"
    return text


if __name__ == "__main__":
    GUIDE.write_text(with_map(GUIDE.read_text(encoding="utf-8")), encoding="utf-8")
