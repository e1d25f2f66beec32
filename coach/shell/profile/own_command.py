"""How this copy of the program is started again, with the same person, data and settings."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from coach.shell.profile.shared_options import Shared

SCRIPT = "smile-coach"


def program() -> list[str]:
    """Return the program's absolute path, or Python with the module if no script is installed."""
    script = Path(sysconfig.get_path("scripts")) / (f"{SCRIPT}.exe" if os.name == "nt" else SCRIPT)
    return [str(script)] if script.is_file() else [sys.executable, "-P", "-m", "coach"]


def arguments(options: Shared, *words: str) -> list[str]:
    """Return a command's words and the options that say whose and with which settings it runs."""
    told = {"--data-dir": options.data_dir, "--config": options.config}
    given = [part for name, path in told.items() if path for part in (name, str(path.absolute()))]
    whose = ["--person", options.person] if options.person else []
    return [*words, *whose, *given]


def typed(options: Shared, *words: str) -> str:
    """Return the command to type in a terminal, e.g. `smile-coach check-in`, with its path if need be."""
    own = program()
    found = shutil.which(SCRIPT)
    short = found is not None and Path(found).resolve() == Path(own[0]).resolve()
    return quoted(*([SCRIPT] if short else own), *arguments(options, *words))


def quoted(*words: str) -> str:
    """Return words as they are to be typed in a terminal."""
    return subprocess.list2cmdline(words) if os.name == "nt" else shlex.join(words)
