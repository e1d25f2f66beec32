"""The spoken voice: phrases rendered ahead of time by a child process, kept on disk, played at once."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from coach.coaching.cue_scheduler import INTERRUPTING
from coach.coaching.cues import Cue, CueKind
from coach.errors import Notice, reason_of
from coach.shell.sound.chimes import Chimes
from coach.shell.sound.engine import SpeechRequest, reason_read
from coach.shell.sound.player import Player

# The script itself with -P, run in a folder of ours: whatever folder the person is in, nothing there can
# stand in for it or for what it imports. (-I would leave out what was installed for this user alone.)
RENDER = (sys.executable, "-P", str(Path(__file__).with_name("render_speech.py")))
# For starting the engine, and for each phrase. Measured: system 0.3 and 0.02, recorded 0.2 and 0.02, Piper 2
# (its model is checked and loaded) and 0.5; a loaded machine takes several times as long.
DEADLINE_S = {"system": (20.0, 0.5), "recorded": (20.0, 0.5), "piper": (40.0, 6.0), "humming": (20.0, 0.5)}
AT_ONCE = INTERRUPTING - {CueKind.HOLD}  # "hold" may wait for the last syllable of the words before it
LATE_S = 2.0  # how late words may begin in a first session, while the engine still starts
_POLL_S = 0.05
FAILURES = 3  # child processes in a row that crashed or hung; then the voice gives up
KEPT_FILES = 3000  # per language, some 150 MB at worst; the oldest go first
_DONE, _SOME_MISSING, _CANNOT_SPEAK = 0, 1, 2  # exit statuses of the child; any other is a crash
_FORMAT = "2"  # goes into the names of the files: raise it when what is in them changes
_WAV_HEADER = 44  # bytes; a file no longer than that has no sound in it


class Renderer:
    """Keeps the WAV files of phrases, and has those that are missing rendered in the background.

    Parameters
    ----------
    requests
        How to speak, best first. The next one takes over where the first cannot speak at all (its files are
        wrong, say), but only as long as nothing was heard in it: one session has one voice.
    folder
        Where the files are kept; it must exist and be writable.
    command
        The child process, which reads the request of `coach.shell.sound.render_speech`.
    deadline_s
        Seconds a child may take to start, and for each phrase; by default as the engine needs.
    """

    def __init__(
        self,
        requests: Sequence[SpeechRequest],
        folder: Path,
        command: Sequence[str] = RENDER,
        deadline_s: tuple[float, float] | None = None,
    ) -> None:
        self.problem = ""
        self._requests = list(requests)
        self._heard = False
        self._folder = folder.absolute()
        self._command = tuple(command)
        self._deadline_s = deadline_s
        self._failures = 0
        self._unspeakable: set[str] = set()
        self._wanted: queue.SimpleQueue[tuple[str, ...] | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._child: subprocess.Popen[str] | None = None
        self._closed = False
        self._thread = threading.Thread(target=self._work, name="renderer", daemon=True)
        self._thread.start()

    def path(self, text: str) -> Path:
        """Return where the phrase is kept once it is rendered."""
        key = json.dumps([_FORMAT, asdict(self._requests[0]), text], sort_keys=True)
        return self._folder / f"{hashlib.sha256(key.encode()).hexdigest()[:32]}.wav"

    def find(self, text: str) -> Path | None:
        """Return the phrase's file, or None while there is none."""
        path = self.path(text)
        try:
            return path if path.stat().st_size > _WAV_HEADER else None
        except OSError:
            return None

    def hear(self, text: str) -> Path | None:
        """Return the phrase's file to be played now: from here on the voice stays the same."""
        path = self.find(text)
        self._heard = self._heard or path is not None
        return path

    def want(self, texts: Iterable[str]) -> None:
        """Have these rendered soon, in this order; returns at once."""
        if self._failures < FAILURES:
            self._wanted.put(tuple(texts))

    def close(self) -> None:
        """End the child and the thread; safe to call twice."""
        with self._lock:
            self._closed = True
            if self._child is not None:
                _kill(self._child)
        self._wanted.put(None)
        self._thread.join(1.0)

    def _work(self) -> None:
        with contextlib.suppress(OSError):
            self._prune()
        while (texts := self._wanted.get()) is not None:
            while (missing := self._missing(texts)) and self._failures < FAILURES and not self._closed:
                self._batch(missing)

    def _missing(self, texts: Iterable[str]) -> list[str]:
        wanted = (text for text in dict.fromkeys(texts) if text.strip() and text not in self._unspeakable)
        return [text for text in wanted if self.find(text) is None]

    def _batch(self, texts: Sequence[str]) -> None:
        status, error = self._render(texts)
        missing = self._missing(texts)
        if status == _CANNOT_SPEAK and len(self._requests) > 1 and not self._heard:
            self.problem = Notice("{reason}; another voice speaks instead", reason=error)
            del self._requests[0]
            return
        if status in {_DONE, _SOME_MISSING} and len(missing) < max(len(texts), FAILURES):
            self._failures = 0
            self._unspeakable.update(missing)
            return
        self._unspeakable.update(missing[:1])  # where the child ended: the others are tried without it
        self._failures = self._failures + 1 if status is None else FAILURES
        if self._failures >= FAILURES and not self._closed:
            reason = error or Notice("the speech engine wrote no files")
            self.problem = Notice("no voice: {reason}; captions only", reason=reason)

    def _render(self, texts: Sequence[str]) -> tuple[int | None, str]:
        """Run one child; return its exit status, None if it crashed or hung, and its output."""
        items = [{"text": text, "path": str(self.path(text))} for text in texts]
        try:
            with self._lock:
                if self._closed:
                    return None, "closed"
                child = self._child = subprocess.Popen(
                    self._command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.PIPE,
                    text=True,
                    encoding="utf-8",
                    errors="replace",
                    start_new_session=True,
                    cwd=self._folder,
                    creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
                )
        except OSError as error:
            return _CANNOT_SPEAK, Notice(
                "the speech engine cannot be started ({reason})", reason=reason_of(error)
            )
        start_s, each_s = self._deadline_s or DEADLINE_S[self._requests[0].engine]
        try:
            _, said = child.communicate(
                json.dumps({**asdict(self._requests[0]), "items": items}), start_s + each_s * len(texts)
            )
        except subprocess.TimeoutExpired:
            _kill(child)
            child.communicate()
            return None, Notice("the speech engine hangs")
        except OSError:  # it ended before it had read the request
            said = ""
        lines = said.strip().splitlines()
        line = reason_read(lines[-1]) if lines else Notice("the speech engine ended at once")
        status = child.wait()
        return (status if status in {_DONE, _SOME_MISSING, _CANNOT_SPEAK} else None), line

    def _prune(self) -> None:
        files = sorted(self._folder.glob("*.wav"), key=lambda path: path.stat().st_mtime)
        for path in files[:-KEPT_FILES]:
            path.unlink(missing_ok=True)


def render_now(
    request: SpeechRequest, texts: Mapping[Path, str], deadline_s: float, command: Sequence[str] = RENDER
) -> str:
    """Render some texts to their paths and wait; return why it failed, one line, or nothing."""
    items = [{"text": text, "path": str(path)} for path, text in texts.items()]
    try:
        done = subprocess.run(
            command,
            input=json.dumps({**asdict(request), "items": items}),
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            timeout=deadline_s,
            check=False,
            cwd=next(iter(texts)).parent,
        )
    except subprocess.TimeoutExpired:
        return f"the speech engine did not answer within {deadline_s:.0f} s; restart the machine"
    if done.returncode == _DONE and all(path.is_file() for path in texts):
        return ""
    lines = done.stderr.strip().splitlines()
    return reason_read(lines[-1]) if lines else f"the speech engine ended with status {done.returncode}"


def _kill(child: subprocess.Popen[str]) -> None:
    with contextlib.suppress(OSError):
        if sys.platform == "win32":
            child.kill()
        else:
            os.killpg(child.pid, signal.SIGKILL)


class SpokenVoice:
    """Says phrases that are rendered; renders the others first, and says them if that takes a moment only.

    Otherwise it is a caption, and there for the next time. Cues whose moment does not wait are never late.

    Parameters
    ----------
    renderer
        Keeps and makes the words.
    player
        Plays them.
    chimes
        The sounds that go with the words or stand for them; None = words alone.
    """

    def __init__(self, renderer: Renderer, player: Player, chimes: Chimes | None = None) -> None:
        self._renderer = renderer
        self._player = player
        self._chimes = chimes
        self._awaited: Cue | None = None

    @property
    def problem(self) -> str:
        """What is wrong with the voice, one line; empty while all is well."""
        return self._player.problem or self._renderer.problem

    def say(self, cue: Cue) -> None:
        """Start saying `cue.text` with its sound, and stop the words before."""
        self._awaited = None
        alone = self._chimes is not None and self._chimes.says_all(cue)
        words = None if alone else self._words(cue)
        path = words if self._chimes is None else self._chimes.with_words(cue, words)
        if path is None:
            self._player.stop()
        else:
            self._player.play(path, gently=cue.kind not in AT_ONCE)
        if words is None and not alone and cue.text and cue.kind not in INTERRUPTING - {CueKind.SAFETY}:
            self._awaited = cue
            threading.Thread(target=self._wait, args=(cue,), name="late words", daemon=True).start()

    def prepare(self, texts: Sequence[str], patience_s: float) -> None:
        """Have these texts rendered; wait for the first of them, but no longer than this."""
        self._renderer.want(texts)
        late = time.monotonic() + patience_s
        while texts and self._renderer.find(texts[0]) is None:
            if self._renderer.problem or time.monotonic() > late:
                return
            time.sleep(_POLL_S)

    def _words(self, cue: Cue) -> Path | None:
        path = self._renderer.hear(cue.text)
        if path is None:
            self._renderer.want([cue.text])
            path = self._renderer.hear(cue.spare) if cue.spare else None
        return path

    def _wait(self, cue: Cue) -> None:
        """Play the words of a cue as soon as they are there, if nothing else was said meanwhile."""
        late = time.monotonic() + LATE_S
        while self._awaited is cue and not self._renderer.problem and time.monotonic() < late:
            if self._renderer.find(cue.text) is not None:
                path = self._renderer.hear(cue.text)
                if path is not None and self._awaited is cue:
                    self._player.play(path)
                return
            time.sleep(_POLL_S)

    def stop(self) -> None:
        """Fall silent at once."""
        self._awaited = None
        self._player.stop()

    def close(self) -> None:
        """Fall silent and end all work in the background; safe to call twice."""
        self._awaited = None
        self._player.close()
        self._renderer.close()
