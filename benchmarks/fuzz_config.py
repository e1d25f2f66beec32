"""Coverage-guided fuzzing of everything that reads a file: settings, memories, range, event log, trace.

Needs atheris, which the package does not depend on: `pip install atheris`, then
`python benchmarks/fuzz_config.py [CORPUS_FOLDER] [-max_total_time=60]` (any option of libFuzzer). It stops
at the first file that is neither read nor refused in one line.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

try:
    import atheris
except ImportError:
    sys.exit("atheris is missing; pip install atheris (Linux and macOS)")

with atheris.instrument_imports(include=["coach", "tomllib"]):
    from coach.errors import CoachError
    from coach.shell.capture.simulated_person import load_person
    from coach.shell.profile import memories_file
    from coach.shell.profile import range_file as own_range
    from coach.shell.profile.toml_files import load_settings
    from coach.shell.recording.trace_file import read_setup, read_trace
    from coach.shell.store.event_log import read_events

FOLDER = Path(tempfile.mkdtemp(prefix="smile-coach-fuzz-"))


def _trace(path: Path) -> None:
    read_setup(path)
    read_trace(path)


READERS: tuple[tuple[str, bytes, Callable[[Path], object]], ...] = (
    ("own.toml", b"", load_settings),
    ("person.toml", b"", load_person),
    (memories_file.NAME, b"", lambda path: memories_file.load_memories(path.parent)),
    (own_range.FILE, b"", lambda path: own_range.read_own_range(path.parent)),
    ("events.jsonl", b"", read_events),
    ("a.trace", b"smile-coach trace 1\n", _trace),
)


def one_input(data: bytes) -> None:
    """Give one reader one file; its first byte chooses the reader."""
    if not data:
        return
    name, head, read = READERS[data[0] % len(READERS)]
    path = FOLDER / name
    path.write_bytes(head + data[1:])
    try:
        read(path)
    except CoachError as error:
        if "\n" in str(error) or not str(error):
            raise AssertionError(f"not one line: {error!r}") from error


if __name__ == "__main__":
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
