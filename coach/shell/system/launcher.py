"""An entry among the system's applications that starts the program: Linux, macOS, Windows."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from coach.errors import CoachError
from coach.shell.system.private_file import write_private

NAME = "smile-coach"
MARK = "Two minutes a day for the muscles of your smile"  # is in each file that was written here
# Runs its arguments; if they fail, the terminal stays until a key so that the reason can be read.
STAY = '"$@" || { printf "[Enter] "; read -r key; }'
# The shortcut's values come in the environment: nothing has to be quoted for PowerShell.
SHORTCUT = (
    "$s = (New-Object -ComObject WScript.Shell).CreateShortcut($env:COACH_FILE);"
    "$s.TargetPath = $env:COACH_TARGET; $s.Arguments = $env:COACH_ARGUMENTS;"
    "$s.Description = $env:COACH_MARK; $s.Save()"
)


def add_launcher(command: Sequence[str], platform: str = sys.platform) -> Path:
    """Write the entry and return its file; delete the file to be rid of it.

    Parameters
    ----------
    command
        The program's absolute path and its arguments.
    platform
        As in `sys.platform`.

    Raises
    ------
    CoachError
        It cannot be written, or a file of that name is not ours.
    """
    path = _place(platform)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if platform == "win32":
            _shortcut(path, command)
            return path
        if path.exists() and MARK not in path.read_text(encoding="utf-8", errors="replace"):
            raise CoachError(f"{path}: exists and was not written by smile-coach; move it away first")
        entry = desktop_entry(command) if platform != "darwin" else script(command)
        write_private(path, entry.encode())  # whole: half of one would not be known as ours again
        path.chmod(0o755)
    except OSError as error:
        raise CoachError(f"{path}: cannot be written ({error.strerror}); check the folder") from error
    return path


def launcher(platform: str = sys.platform) -> Path | None:
    """Return the entry that was written here, None without one: a person's name can be in it."""
    path = _place(platform)
    try:
        ours = path.is_file() and (platform == "win32" or MARK.encode() in path.read_bytes())
    except OSError:
        return None
    return path if ours else None


def _place(platform: str) -> Path:
    home = Path.home()
    if platform == "win32":
        roaming = Path(os.environ.get("APPDATA") or home / "AppData" / "Roaming")
        return roaming / "Microsoft" / "Windows" / "Start Menu" / "Programs" / f"{NAME}.lnk"
    if platform == "darwin":
        return home / "Applications" / f"{NAME}.command"
    share = Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share")
    return share / "applications" / f"{NAME}.desktop"


def desktop_entry(command: Sequence[str]) -> str:
    """Return a freedesktop.org desktop entry (Desktop Entry Specification 1.5)."""
    line = " ".join(_desktop_quoted(part) for part in ("sh", "-c", STAY, NAME, *command))
    return (
        "[Desktop Entry]\nType=Application\nVersion=1.5\nName=Smile Coach\n"
        f"Comment={MARK}\nExec={line}\n"
        "Terminal=true\nCategories=Education;Sports;\nKeywords=smile;face;exercise;\n"
    )


def script(command: Sequence[str]) -> str:
    """Return a shell script that Finder opens in a terminal."""
    return f"#!/bin/sh\n# {MARK}\nexec sh -c {shlex.quote(STAY)} {NAME} {shlex.join(command)}\n"


def _desktop_quoted(part: str) -> str:
    r"""Quote an argument, then write it as a string value, in which each \ is doubled and each % too."""
    for mark in ("\\", '"', "`", "$"):
        part = part.replace(mark, f"\\{mark}")
    return f'"{part}"'.replace("\\", "\\\\").replace("%", "%%")


def _shortcut(path: Path, command: Sequence[str]) -> None:
    told = {
        "COACH_FILE": str(path),
        "COACH_TARGET": command[0],
        "COACH_ARGUMENTS": subprocess.list2cmdline(command[1:]),
        "COACH_MARK": MARK,
    }
    done = subprocess.run(
        ["powershell", "-NoProfile", "-NonInteractive", "-Command", SHORTCUT],
        env=os.environ | told,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode or not path.is_file():
        why = (done.stderr.strip().splitlines() or ["PowerShell said nothing"])[0]
        raise CoachError(f"{path}: the shortcut cannot be made ({why}); pin smile-coach.exe yourself")
