"""Nothing leaves the machine: no socket is opened, files are private, logs hold nothing personal."""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from led import led, plan

from coach.face.baseline import OwnRange
from coach.session.memories import Memories
from coach.shell.app import doctor
from coach.shell.detection.photo_file import keep_photo
from coach.shell.profile.home import Home
from coach.shell.profile.memories_file import load_memories, new_memory, save_memories
from coach.shell.profile.range_file import write_own_range
from coach.shell.profile.toml_files import load_settings
from coach.shell.store.store import Store

posix = pytest.mark.skipif(sys.platform == "win32", reason="permissions and namespaces of POSIX systems")
SECRET = "the smell of my grandmother's kitchen"

# Python runs this at the start of every process that finds it on its path, children included. Local
# sockets are how a program talks to its own display and sound server.
GUARD = """
import os, socket, sys
def guard(event, arguments):
    if event == "socket.__new__" and arguments[1] in (socket.AF_INET, socket.AF_INET6):
        refused = True
    else:
        refused = event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "socket.bind")
    if refused:
        with open({report!r}, "a") as file:
            file.write(f"{{event}} {{arguments}} in {{sys.argv}}\\n")
        raise PermissionError(f"the network is not to be used: {{event}}")
sys.addaudithook(guard)
with open({started!r}, "a") as file:
    file.write(f"{{os.getpid()}}\\n")
"""


# A session whose source ends soon: what is opened is opened at the start.
SHORT = """
import sys
from coach.shell.app import devices
from coach.shell.testing.faults import InjectedFault, FaultySource
opened = devices.open_source
devices.open_source = lambda *a, **k: FaultySource(opened(*a, **k), [InjectedFault('ended', 1.5)])
from coach.__main__ import main
main(sys.argv[1:])
"""


def environment(folder: Path) -> dict[str, str]:
    """Return an environment in which opening a network socket raises and is reported in `folder`."""
    guard = folder / "guard"
    guard.mkdir()
    (guard / "sitecustomize.py").write_text(
        GUARD.format(report=str(guard / "report"), started=str(guard / "started"))
    )
    player = guard / "aplay"  # with a player there is a voice, whose child process is to be watched too
    player.write_text("#!/bin/sh\n")
    player.chmod(0o755)
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(guard), *filter(None, [os.environ.get("PYTHONPATH")])]),
        "PATH": os.pathsep.join([str(guard), os.environ["PATH"]]),
        "SMILE_COACH_HOME": str(folder / "data"),
        "XDG_CACHE_HOME": str(folder / "cache"),
    }


def command(folder: Path, model: Path) -> list[str]:
    """Return a command that leads a session which ends after a moment."""
    own = folder / "own.toml"
    own.write_text(f"[model]\npath = {json.dumps(str(model))}\n", encoding="utf-8")
    options = ["--plan", "memory_anchor", "--no-window", "--language", "en", "--speed", "real"]
    options += ["--config", str(own), "--events", str(folder / "events.jsonl")]
    return [sys.executable, "-c", SHORT, "demo", *options]


def finished(folder: Path, arguments: list[str], variables: dict[str, str], **how: Any) -> str:
    """Run a session to its end and return what it said."""
    save_memories(folder / "data", Memories().add(new_memory(SECRET)))
    done = subprocess.run(
        arguments, env=variables, capture_output=True, text=True, check=False, timeout=300, **how
    )
    assert done.returncode == 0, done.stderr
    assert '"session_end"' in (folder / "events.jsonl").read_text(encoding="utf-8")
    return done.stdout + done.stderr


def report(folder: Path) -> str:
    path = folder / "guard" / "report"
    return path.read_text() if path.exists() else ""


@dataclass(frozen=True)
class Over:
    """A guarded session that is over: its folder, and what it said."""

    folder: Path
    said: str


@pytest.fixture(scope="module")
def over(tmp_path_factory: pytest.TempPathFactory, model_path: Path) -> Over:
    """Lead one session with the guard in it, under the laxest of umasks."""
    folder = tmp_path_factory.mktemp("over")
    lax = {} if sys.platform == "win32" else {"umask": 0}
    return Over(folder, finished(folder, command(folder, model_path), environment(folder), **lax))


def test_a_session_opens_no_network_socket(over: Over) -> None:
    """With a guard in the process and its children, voice and all, a session runs and nothing is refused."""
    assert report(over.folder) == ""
    started = (over.folder / "guard" / "started").read_text().split()
    assert len(started) > (1 if sys.platform.startswith("linux") else 0), "the guard was not there"


def test_the_guard_would_notice(tmp_path: Path) -> None:
    """A child of the process that opens a network socket is stopped and reported."""
    child = "import socket; socket.socket()"
    parent = f"import subprocess, sys; sys.exit(subprocess.run([sys.executable, '-c', {child!r}]).returncode)"
    done = subprocess.run(
        [sys.executable, "-c", parent], env=environment(tmp_path), capture_output=True, check=False
    )
    assert done.returncode == 1
    assert "socket.__new__" in report(tmp_path)


@posix
def test_a_session_needs_no_network_and_tries_none(tmp_path: Path, model_path: Path) -> None:
    """Without any network, not even a local one, a session runs; no native library asks for one either.

    In a network namespace of its own, watched from outside by strace, children included.
    """
    watched, alone = watcher(tmp_path), namespace()
    if not watched and not alone:
        pytest.skip("neither strace nor network namespaces here")
    finished(tmp_path, [*watched, *alone, *command(tmp_path, model_path)], environment(tmp_path))
    if watched:
        calls = re.findall(
            r"^.*\b(?:socket|connect|sendto)\(.*$", (tmp_path / "seen").read_text(), re.MULTILINE
        )
        assert [call for call in calls if "AF_UNIX" not in call and "AF_LOCAL" not in call] == []


def watcher(folder: Path) -> list[str]:
    """Return a command that notes the network calls of another, where that is permitted."""
    program = shutil.which("strace") or "strace"
    return works([program, "-f", "-qq", "-e", "trace=network", "-o", str(folder / "seen")])


def namespace() -> list[str]:
    """Return a command that takes the network away from another, where that is permitted."""
    program = shutil.which("unshare") or "unshare"
    return works([program, "--net"]) or works([program, "--map-root-user", "--net"])


def works(before: list[str]) -> list[str]:
    """Return the command if it can be put before another, else nothing."""
    try:
        done = subprocess.run([*before, "true"], capture_output=True, check=False)
    except OSError:
        return []
    return [] if done.returncode else before


@posix
def test_strace_would_notice(tmp_path: Path) -> None:
    """The watcher sees a socket when there is one: the test above is not blind."""
    watched = watcher(tmp_path)
    if not watched:
        pytest.skip("no strace here, or it may not watch")
    subprocess.run([*watched, sys.executable, "-c", "import socket; socket.socket()"], check=True)
    assert "AF_INET" in (tmp_path / "seen").read_text()


def test_the_installed_mediapipe_is_one_that_keeps_quiet() -> None:
    """From 0.10.35 on MediaPipe reports usage to its makers; such a version must not get in here."""
    installed = version("mediapipe")
    numbers = tuple(int(part) for part in re.findall(r"\d+", installed)[:3])
    assert numbers < (0, 10, 35), f"mediapipe {installed} reports usage over the network"
    assert installed in doctor.QUIET_MEDIAPIPE, f"mediapipe {installed} has not been watched yet"


def test_the_requirement_lets_no_other_mediapipe_in() -> None:
    """The package asks for exactly one version of MediaPipe, so that no update can bring a talkative one."""
    from importlib.metadata import requires

    asked = [line for line in requires("smile-coach") or () if line.startswith("mediapipe")]
    assert len(asked) == 1
    assert re.fullmatch(r"mediapipe==[\d.]+", asked[0].partition(";")[0].strip())
    assert asked[0].partition("==")[2].strip() in doctor.QUIET_MEDIAPIPE


@posix
def test_what_is_kept_is_its_owners_alone(over: Over) -> None:
    """After a session, nobody else may read or enter anything that is kept, however lax the umask."""
    data = over.folder / "data"
    before = os.umask(0)
    try:
        write_own_range(data, OwnRange())
        save_memories(data, load_memories(data))
        fresh = Home(load_settings(None), over.folder / "x", data / "fresh", over.folder).make_data_dir()
        keep_photo(data, np.zeros((4, 4, 3), np.uint8), datetime(2026, 1, 5, tzinfo=UTC), "neutral")
    finally:
        os.umask(before)
    for path in [data, fresh, *data.rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path
    assert {"history.sqlite3", "memories.toml", "range.json"} <= {path.name for path in data.iterdir()}
    sounds = over.folder / "cache" / "smile-coach" / "sounds"  # among them a memory's own words
    assert stat.S_IMODE(sounds.stat().st_mode) & 0o077 == 0


def test_nothing_personal_is_in_the_log(over: Over) -> None:
    """The log that tells of a cued memory has not its words; nothing names the person's folders."""
    told, _ = led(plan(("memory_anchor", 1, {})), memories=(SECRET,))
    told.run()
    assert SECRET in " ".join(cue.text for cue in told.said), "the memory was not cued"
    assert SECRET not in " ".join(event.to_json() for event in told.events)
    for text in ((over.folder / "events.jsonl").read_text(encoding="utf-8"), over.said):
        assert str(over.folder) not in text
        assert str(Path.home()) not in text
        assert SECRET not in text
    with Store.open(over.folder / "data", read_only=True) as store:
        rows = "\n".join(store.connection.iterdump())
    assert "memory_anchor" in rows
    assert SECRET not in rows, "a memory's words belong into its own file alone"
