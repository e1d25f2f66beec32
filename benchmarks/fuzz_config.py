"""Coverage-guided fuzzing of everything that reads a file: settings, plans, traces, imports, histories.

Needs atheris, which the package does not depend on: `pip install atheris`, then
`python benchmarks/fuzz_config.py [--only READER] [CORPUS_FOLDER] [-runs=200000] [-timeout=30]` (any option of
libFuzzer). It stops at the first file that is neither read nor refused in one line within five seconds of
work, so that a busy machine is no fault, or that leaves another file behind. Of a history, an export and a
trace whole ones are spoilt here and there, so that the fuzzer gets past their beginnings.
"""

from __future__ import annotations

import gc
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

try:
    import atheris
except ImportError:
    sys.exit("atheris is missing; pip install atheris (Linux and macOS)")

with atheris.instrument_imports(include=["coach", "tomllib"]):
    from coach.errors import CoachError, StoreError
    from coach.session.plan import PlanFile
    from coach.shell.archive.export import export_json, import_json
    from coach.shell.capture.simulated_person import load_person
    from coach.shell.profile import memories_file
    from coach.shell.profile import range_file as own_range
    from coach.shell.profile.toml_files import load_settings, read_toml, validated
    from coach.shell.recording.trace_reader import read_setup, read_trace
    from coach.shell.store.database import NAME as HISTORY
    from coach.shell.store.event_log import read_events
    from coach.shell.store.store import Store

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))
from recorded import MemoryTape, session
from simulated_year import fill

from coach.replay.trace import Entry
from coach.shell.recording.trace_writer import TraceWriter

FOLDER = Path(tempfile.mkdtemp(prefix="smile-coach-fuzz-"))


def _trace(path: Path) -> None:
    read_setup(path)
    read_trace(path)


def _import(path: Path) -> None:
    import_json(INTO, path)
    export_json(INTO, FOLDER / "out.json")
    INTO.history()
    INTO.connection.execute("DELETE FROM sessions")
    INTO.connection.execute("DELETE FROM check_ins")


def _history(path: Path) -> None:
    """Read it, write to it, and read it again; one that is moved aside makes room for a new one."""
    try:
        with Store.open(path.parent, read_only=True) as store:
            store.history()
    except StoreError:
        pass  # in one line, which is looked at below as well
    try:
        with Store.open(path.parent) as store:
            store.history()
    finally:
        gc.unfreeze()  # what was read is set aside from the collector, as a command soon ends; this does not
        for left in path.parent.iterdir():
            left.unlink()


def _whole_history() -> bytes:
    folder = FOLDER / "whole"
    with Store.open(folder) as store:
        fill(store, sessions=1, check_ins=1)
        export_json(store, FOLDER / "whole.json")
        store.connection.execute("PRAGMA journal_mode = DELETE")
    return (folder / HISTORY).read_bytes()


def _whole_trace() -> bytes:
    tape, path = MemoryTape(), FOLDER / "whole.trace"
    session(tape)
    assert tape.setup is not None
    writer = TraceWriter(path, tape.setup)
    for number in range(3):
        writer.write(Entry(number / 30, "frame"))
    writer.close()
    return path.read_bytes()


def spoilt(whole: bytes, edits: bytes) -> bytes:
    """Return a whole file with bytes set as the edits say: three for the place, one for the value."""
    data = bytearray(whole)
    for at in range(0, len(edits) - 3, 4):
        data[int.from_bytes(edits[at : at + 3], "big") % len(data)] = edits[at + 3]
    return bytes(data)


# Where it is written, a beginning or (True) a whole file to spoil, and who reads it.
Reader = tuple[str, bytes, bool, Callable[[Path], object]]
BASE = _whole_history()
READERS: dict[str, Reader] = {
    "settings": ("own.toml", b"", False, load_settings),
    "person": ("person.toml", b"", False, load_person),
    "memories": (
        memories_file.NAME,
        b"",
        False,
        lambda path: memories_file.load_memories(path.parent),
    ),
    "range": (own_range.FILE, b"", False, lambda path: own_range.read_own_range(path.parent)),
    "events": ("events.jsonl", b"", False, read_events),
    "plan": ("plan.toml", b"", False, lambda path: validated(PlanFile, read_toml(path), "plan.toml")),
    "trace": ("a.trace", _whole_trace(), True, _trace),
    "import": ("export.json", (FOLDER / "whole.json").read_bytes(), True, _import),
    "history": (f"history/{HISTORY}", BASE, True, _history),
}
chosen = list(READERS)
if "--only" in sys.argv:
    place = sys.argv.index("--only")
    chosen = [sys.argv[place + 1]]
    del sys.argv[place : place + 2]
(FOLDER / "history").mkdir()
INTO = Store.open(FOLDER / "into")


def one_input(data: bytes) -> None:
    """Give one reader one file; its first byte chooses the reader."""
    if len(data) < 2:
        return
    name, base, whole, read = READERS[chosen[data[0] % len(chosen)]]
    path = FOLDER / name
    path.write_bytes(spoilt(base, data[2:]) if whole and data[1] % 4 else data[2:])
    begun = time.process_time()
    try:
        read(path)
    except CoachError as error:
        if "\n" in str(error) or not str(error):
            raise AssertionError(f"not one line: {error!r}") from error
    if time.process_time() - begun > 5:
        raise AssertionError("took longer than five seconds")
    left = [each.name for each in FOLDER.iterdir() if each.name.startswith(".")]
    if left:
        raise AssertionError(f"left behind: {left}")


if __name__ == "__main__":
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
