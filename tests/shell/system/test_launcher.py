"""The entry among the applications starts this copy of the program, wherever it is."""

from __future__ import annotations

import configparser
import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from coach.__main__ import run
from coach.errors import CoachError
from coach.shell.system.launcher import add_launcher

posix = pytest.mark.skipif(sys.platform == "win32", reason="shell scripts")
HARD = 'a 50 % "bold" folder with $HOME, it\'s \\odd'


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """Return a program that writes its arguments down, in a folder whose name needs every kind of quoting."""
    script = tmp_path / HARD / "smile-coach"
    script.parent.mkdir()
    script.write_text('#!/bin/sh\nprintf "%s\\n" "$@" > "$TOLD"\n', encoding="utf-8")
    script.chmod(0o755)
    return script


def started(line: list[str] | str, tmp_path: Path) -> list[str]:
    told = tmp_path / "told.txt"
    subprocess.run(line, shell=isinstance(line, str), env=os.environ | {"TOLD": str(told)}, check=True)
    return told.read_text(encoding="utf-8").splitlines()


@posix
def test_the_desktop_entry_starts_the_program(program, tmp_path, monkeypatch):
    """A shell reads quoted arguments as the desktop does, once the value's own escapes are undone."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    path = add_launcher([str(program), "--data-dir", HARD], "linux")
    assert path == tmp_path / "applications" / "smile-coach.desktop"
    entry = configparser.RawConfigParser()
    entry.read(path, encoding="utf-8")
    value = entry["Desktop Entry"]["exec"].replace("\\\\", "\\").replace("%%", "%")
    assert started(value, tmp_path) == ["--data-dir", HARD]
    told = dict(entry["Desktop Entry"])
    assert (told["type"], told["name"]) == ("Application", "Smile Coach")
    assert told["terminal"] == "true"  # why it could not start can be read
    assert {"Education", "Sports"} <= set(told["categories"].split(";"))


@posix
def test_a_mac_opens_a_script(program, tmp_path, monkeypatch):
    """Finder opens it in a terminal, which asks for the camera."""
    monkeypatch.setenv("HOME", str(tmp_path))
    path = add_launcher([str(program), "--data-dir", HARD], "darwin")
    assert path == tmp_path / "Applications" / "smile-coach.command"  # what Finder opens in a terminal
    assert started([str(path)], tmp_path) == ["--data-dir", HARD]


def test_windows_gets_a_shortcut(tmp_path, monkeypatch):
    """PowerShell makes it, and is told everything without quoting."""
    told, asked = {}, []

    def powershell(command, *, env, **_):
        told.update(env)
        asked.append(command)
        Path(env["COACH_FILE"]).touch()
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setenv("APPDATA", str(tmp_path))
    monkeypatch.setattr("coach.shell.system.launcher.subprocess.run", powershell)
    path = add_launcher(["C:\\coach.exe", "--config", "my file.toml"], "win32")
    assert path.parent == tmp_path / "Microsoft" / "Windows" / "Start Menu" / "Programs"
    assert (told["COACH_TARGET"], told["COACH_ARGUMENTS"]) == ("C:\\coach.exe", '--config "my file.toml"')
    [[*program, script]] = asked
    assert program == ["powershell", "-NoProfile", "-NonInteractive", "-Command"]
    made, *steps = script.split(";")
    assert made == "$s = (New-Object -ComObject WScript.Shell).CreateShortcut($env:COACH_FILE)"
    values = {"TargetPath": "TARGET", "Arguments": "ARGUMENTS", "Description": "MARK"}
    assert [step.strip() for step in steps] == [
        *(f"$s.{name} = $env:COACH_{value}" for name, value in values.items()),
        "$s.Save()",
    ]


@pytest.mark.parametrize(("status", "said"), [(1, "COM is cross"), (0, "")])
def test_a_shortcut_that_was_not_made_is_said(tmp_path, monkeypatch, status, said):
    """Whether PowerShell says so or makes no file."""
    monkeypatch.setenv("APPDATA", str(tmp_path))
    monkeypatch.setattr(
        "coach.shell.system.launcher.subprocess.run",
        lambda command, **_: subprocess.CompletedProcess(command, status, "", said),
    )
    with pytest.raises(CoachError, match=said or "PowerShell said nothing"):
        add_launcher(["C:\\coach.exe"], "win32")


@posix
@pytest.mark.parametrize("platform", ["linux", "darwin"])
def test_a_start_that_fails_waits_for_a_key(program, tmp_path, monkeypatch, platform):
    """Its terminal would close at once, with the reason in it."""
    program.write_text("#!/bin/sh\necho no camera\nexit 1\n", encoding="utf-8")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    path = add_launcher([str(program)], platform)
    line = f"'{path}'"
    if platform == "linux":
        entry = configparser.RawConfigParser()
        entry.read(path, encoding="utf-8")
        line = entry["Desktop Entry"]["exec"].replace("\\\\", "\\").replace("%%", "%")
    waits = f'{{ {line}; }}; read -r next; printf %s "$next"'
    done = subprocess.run(waits, shell=True, input="\nnext\n", capture_output=True, text=True, check=False)
    assert done.stdout == "no camera\n[Enter] next"  # it took the first line, and only that


@posix
def test_a_file_of_the_persons_own_stays(tmp_path, monkeypatch):
    """Our own entry is replaced, another's is not."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    add_launcher(["/old"], "linux")
    path = add_launcher(["/new"], "linux")
    assert "/new" in path.read_text(encoding="utf-8")

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr("os.fsync", full)
        with pytest.raises(CoachError, match="cannot be written"):
            add_launcher(["/newer"], "linux")
    assert '/new"' in path.read_text(encoding="utf-8")
    path.write_text("[Desktop Entry]\nName=mine\n", encoding="utf-8")
    with pytest.raises(CoachError, match="move it away"):
        add_launcher(["/new"], "linux")
    assert "mine" in path.read_text(encoding="utf-8")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="another folder elsewhere")
@pytest.mark.usefixtures("home")
def test_setup_writes_the_entry_and_asks_nothing(tmp_path, monkeypatch, capfd):
    """It starts this copy with this data folder."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    assert run(["setup", "--launcher"]) == 0
    path = tmp_path / "share" / "applications" / "smile-coach.desktop"
    assert str(path) in capfd.readouterr().out
    assert str(tmp_path / "data") in path.read_text(encoding="utf-8")
