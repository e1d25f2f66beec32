"""Cues are heard at once or not at all; whatever hangs or crashes, the session continues with captions."""

import os
import shutil
import stat
import subprocess
import sys
import threading
import time
import wave
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from players import RecordingPlayer
from waiting import until

from coach.coaching.cue_scheduler import estimate_s
from coach.coaching.cues import Cue, CueKind
from coach.coaching.phrases import PhraseBook
from coach.errors import Notice
from coach.settings import VoiceSettings
from coach.shell.profile.language_files import languages, load_phrase_book
from coach.shell.sound import outputs
from coach.shell.sound import player as players
from coach.shell.sound.beeps import BeepVoice
from coach.shell.sound.choice import Speech
from coach.shell.sound.engine import RenderError, SpeechRequest, reason_written
from coach.shell.sound.loudness import LEAD_IN_S, PEAK_DBFS, TARGET_LUFS, loudness_lufs
from coach.shell.sound.outputs import CommandOutput, find_outputs
from coach.shell.sound.player import NoPlayer, WatchedPlayer, duration_s
from coach.shell.sound.speech import RENDER, Renderer, SpokenVoice
from coach.shell.sound.voice import SilentVoice, make_voice

EXERCISES = ("cheek_raiser", "symmetry_drill", "combined", "jaw_release", "memory_anchor")
SETTINGS = VoiceSettings(mode="voice", rate=165, volume=1.0, voice="", chimes=True)
SYSTEM = SpeechRequest("system", "en", "", 165)
ENGLISH = Speech("en", phrases=["Hold"])
SHORT_KEYS = ("hold", "release", "three", "two", "one")
posix = pytest.mark.skipif(sys.platform == "win32", reason="fake players are shell scripts")
espeak = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="espeak-ng's wheel is for Linux")

SLEEP = shutil.which("sleep")
STUB = """
import json, sys, wave
request = json.load(sys.stdin)
for item in request["items"]:
    {before}
    with wave.open(item["path"], "wb") as file:
        file.setparams((1, 2, 22050, 0, "NONE", ""))
        file.writeframes(b"\\0\\1" * 2205)
"""


def stub(before: str = "pass") -> tuple[str, ...]:
    """Return a renderer's child that needs no speech engine; `before` runs before each phrase."""
    return (sys.executable, "-c", STUB.format(before=before))


def cue(text: str, kind: CueKind = CueKind.HOLD) -> Cue:
    return Cue(0.0, kind, "k", text=text)


def sound(path: Path, seconds: float = 0.05) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 22050, 0, "NONE", ""))
        file.writeframes(b"\0\1" * round(seconds * 22050))
    return path


def read(path: Path) -> tuple[np.ndarray, float]:
    with wave.open(str(path), "rb") as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2").astype(float)
        return samples / 32768, file.getnframes() / file.getframerate()


def fake(folder: Path, name: str, script: str) -> None:
    """Write a command in `folder` that leaves its process ids in `NAME.pids` and then runs `script`."""
    path = folder / name
    path.write_text(f"#!/bin/sh\necho $$ >> {folder / name}.pids\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


def pids(folder: Path, name: str) -> list[int]:
    path = folder / f"{name}.pids"
    return [int(line) for line in path.read_text().split()] if path.exists() else []


def alive(pid: int) -> bool:
    """Whether the process runs; one that is dead and only waits for its parent to notice does not."""
    try:
        os.kill(pid, 0)
        status = Path(f"/proc/{pid}/stat")
        return not status.exists() or status.read_text().rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False


def hang(folder: Path) -> str:
    """Return a script that starts a child of its own, and both sleep."""
    return f"{SLEEP} 60 &\necho $! >> {folder / 'aplay.pids'}\nwait"


@pytest.fixture
def only_fakes(tmp_path, monkeypatch):
    """Make a machine whose only players are the fake ones in the folder returned."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(outputs.importlib.util, "find_spec", lambda name: None)
    return folder


def test_what_is_rendered_is_played_and_what_is_not_comes_a_moment_later(tmp_path):
    """In a first session the engine still starts: an instruction waits for it, a hold is a caption."""
    player = RecordingPlayer()
    renderer = Renderer([SYSTEM], tmp_path, stub())
    voice = SpokenVoice(renderer, player)
    voice.say(cue("Relax", CueKind.INSTRUCTION))
    assert player.played == [None]
    until(lambda: len(player.played) == 2)
    assert player.played == [None, renderer.path("Relax")]
    voice.say(cue("Hold"))
    until(lambda: renderer.find("Hold"))
    voice.say(cue("Hold"))
    assert player.played[2:] == [None, renderer.path("Hold")]
    assert voice.problem == ""
    voice.close()
    voice.close()


def test_words_that_come_late_do_not_speak_into_the_next(tmp_path):
    """What is said now cuts off what was still awaited; so does silence."""
    player = RecordingPlayer()
    renderer = Renderer([SYSTEM], tmp_path, stub("__import__('time').sleep(0.3)"))
    renderer.want(["Hold"])
    until(lambda: renderer.find("Hold"))
    voice = SpokenVoice(renderer, player)
    voice.say(cue("Relax", CueKind.INSTRUCTION))
    voice.say(cue("Hold"))
    voice.say(cue("Smile", CueKind.INSTRUCTION))
    voice.stop()
    until(lambda: renderer.find("Relax") and renderer.find("Smile"))
    until(lambda: not [thread for thread in threading.enumerate() if thread.name == "late words"])
    assert player.played == [None, renderer.path("Hold"), None, None]
    voice.close()


def test_a_memory_without_a_sound_of_its_own_is_numbered(tmp_path):
    """A voice that knows fixed phrases says "Memory two", in the same voice; the caption shows the name."""
    player = RecordingPlayer()
    renderer = Renderer([SYSTEM], tmp_path, stub("item['text'] == 'Number two: the sea' and sys.exit(1)"))
    voice = SpokenVoice(renderer, player)
    renderer.want(["Memory two. Let it come"])
    until(lambda: renderer.find("Memory two. Let it come"))
    book = load_phrase_book("en")
    named = {"n": 2, "name": "the sea"}
    voice.say(book.fill(Cue(0.0, CueKind.INSTRUCTION, "recall_named", "memory_anchor", named)))
    assert player.played == [renderer.path("Memory two. Let it come")]
    voice.close()


def test_a_voice_that_cannot_speak_makes_way_before_the_first_word(tmp_path):
    """Its files are wrong: the next voice speaks all of the session, and the person is told why."""
    broken = "print('not the voice that was published', file=sys.stderr), sys.exit(2)"
    child = stub(f"request['engine'] == 'piper' and ({broken})")
    renderer = Renderer([replace(SYSTEM, engine="piper"), SYSTEM], tmp_path, child)
    piper = renderer.path("Hold")
    renderer.want(["Hold"])
    until(lambda: renderer.find("Hold"))
    assert renderer.path("Hold") != piper
    assert renderer.problem == "not the voice that was published; another voice speaks instead"
    renderer.close()


def test_a_session_keeps_the_voice_that_was_heard(tmp_path):
    """Once a phrase was heard, no other voice takes over: what cannot be spoken is a caption."""
    first = Renderer([SYSTEM], tmp_path, stub())
    first.want(["Hold"])
    until(lambda: first.find("Hold"))
    first.close()
    other = replace(SYSTEM, engine="recorded")
    renderer = Renderer([SYSTEM, other], tmp_path, stub("(print('gone', file=sys.stderr), sys.exit(2))"))
    assert renderer.hear("Hold")
    renderer.want(["Release"])
    until(lambda: renderer.problem)
    assert renderer.problem == "no voice: gone; captions only"
    assert renderer.hear("Hold") == first.path("Hold")
    renderer.close()


def test_a_childs_own_reason_can_be_said_in_any_language(tmp_path):
    """No voice speaks Spanish on many a machine: the one who reads why is a Spanish speaker."""
    told = reason_written(RenderError(Notice("there is no {voice}", voice="Jorge")))
    child = stub(f"(print({told!r}, file=sys.stderr), sys.exit(2))")
    renderer = Renderer([SYSTEM], tmp_path, child)
    renderer.want(["Hold"])
    until(lambda: renderer.problem)
    renderer.close()
    assert renderer.problem == "no voice: there is no Jorge; captions only"
    spanish = PhraseBook("es", {"notice": {"no voice: {reason}; captions only": "sin voz: {reason}",
                                           "there is no {voice}": "no hay {voice}"}})  # fmt: skip
    assert spanish.notice(renderer.problem) == "sin voz: no hay Jorge"


def test_a_rendered_phrase_is_kept_for_the_next_session(tmp_path):
    """The second session finds the file without a child process."""
    first = Renderer([SYSTEM], tmp_path, stub())
    first.want(["Hold"])
    until(lambda: first.find("Hold"))
    first.close()
    second = Renderer([SYSTEM], tmp_path, ("no-such-command",))
    assert second.find("Hold") == first.path("Hold")
    second.close()


def test_another_voice_rate_volume_or_language_is_another_sound(tmp_path):
    """Nothing is ever played in yesterday's voice."""
    changes = ({}, {"rate": 120}, {"volume": 0.5}, {"voice": "x"}, {"language": "de"}, {"engine": "recorded"})
    renderers = [Renderer([replace(SYSTEM, **change)], tmp_path, stub()) for change in changes]
    assert len({renderer.path("Hold") for renderer in renderers}) == 6
    for renderer in renderers:
        renderer.close()


def test_a_crashing_renderer_gives_captions_and_one_notice(tmp_path):
    """After three crashes the voice gives up, says why in one line, and nothing raises."""
    player = RecordingPlayer()
    renderer = Renderer([SYSTEM], tmp_path, stub("(print('engine on fire', file=sys.stderr), sys.exit(9))"))
    voice = SpokenVoice(renderer, player)
    renderer.want(["one", "two", "three", "four", "five"])
    until(lambda: voice.problem)
    assert voice.problem == "no voice: engine on fire; captions only"
    voice.say(cue("one"))
    assert player.played == [None]
    voice.close()


def test_a_phrase_that_crashes_the_engine_does_not_cost_the_others(tmp_path):
    """The rest is rendered without it."""
    renderer = Renderer([SYSTEM], tmp_path, stub("item['text'] == 'poison' and sys.exit(9)"))
    renderer.want(["one", "poison", "two"])
    until(lambda: renderer.find("two"))
    assert renderer.find("one")
    assert renderer.find("poison") is None
    assert renderer.problem == ""
    renderer.close()


def test_a_hanging_renderer_is_killed_at_its_deadline(tmp_path):
    """What it had finished is used. A busy machine starts a child within the deadline, too."""
    waits = "item['text'] == 'two' and __import__('time').sleep(600)"
    renderer = Renderer([SYSTEM], tmp_path, stub(waits), deadline_s=(4.0, 0.0))
    renderer.want(["one", "two", "three"])
    until(lambda: renderer.find("three"))
    assert renderer.find("one")
    assert renderer.find("two") is None
    renderer.close()


def test_closing_does_not_wait_for_a_hanging_renderer(tmp_path):
    """The child is killed and the thread ends."""
    renderer = Renderer([SYSTEM], tmp_path, stub("__import__('time').sleep(60)"))
    renderer.want(["one"])
    until(lambda: renderer._child)
    renderer.close()
    until(lambda: not renderer._thread.is_alive())
    assert renderer._child.wait() != 0


@posix
def test_a_hanging_player_does_not_block_and_is_killed_with_its_children(tmp_path, only_fakes):
    """Nobody waits for it; the watchdog ends its whole process group; then silence, with a reason."""
    fake(only_fakes, "aplay", hang(only_fakes))
    now = [0.0]
    player = WatchedPlayer(find_outputs(), clock=lambda: now[0])
    path = sound(tmp_path / "a.wav")
    for count in (2, 4, 6):
        player.play(path)
        until(lambda count=count: len(pids(only_fakes, "aplay")) == count)
        now[0] += 60.0
        until(lambda: not any(alive(pid) for pid in pids(only_fakes, "aplay")))
    until(lambda: player.problem)
    assert player.problem == "no sound: aplay hangs; captions only"
    player.play(path)
    player.close()
    assert len(pids(only_fakes, "aplay")) == 6


@posix
def test_a_new_cue_cuts_off_the_old_one(tmp_path, only_fakes):
    """Two sounds are never heard at once, and stop is stop."""
    fake(only_fakes, "aplay", hang(only_fakes))
    player = WatchedPlayer(find_outputs(), clock=lambda: 0.0)
    path = sound(tmp_path / "a.wav", 30.0)
    player.play(path)
    until(lambda: len(pids(only_fakes, "aplay")) == 2)
    player.play(path)
    until(lambda: len(pids(only_fakes, "aplay")) == 4)
    until(lambda: not any(alive(pid) for pid in pids(only_fakes, "aplay")[:2]))
    assert all(alive(pid) for pid in pids(only_fakes, "aplay")[2:])
    player.stop()
    until(lambda: not any(alive(pid) for pid in pids(only_fakes, "aplay")))
    assert player.problem == ""
    player.close()
    player.close()


@posix
def test_a_player_that_fails_makes_way_for_the_next(tmp_path, only_fakes):
    """pw-play without a sound server ends with an error; aplay may still work, and is stayed with."""
    fake(only_fakes, "pw-play", "exit 1")
    fake(only_fakes, "aplay", "exit 0")
    found = find_outputs()
    assert [output.name for output in found] == ["pw-play", "aplay"]
    player = WatchedPlayer(found, clock=lambda: 0.0)
    path = sound(tmp_path / "a.wav")
    for count in (1, 2, 3):
        player.play(path)
        until(lambda count=count: len(pids(only_fakes, "pw-play") + pids(only_fakes, "aplay")) == count)
        until(lambda: player._hung_at is None)
    assert len(pids(only_fakes, "pw-play")) == 1
    assert player.problem == ""
    player.close()


@posix
def test_a_machine_without_sound_says_once_what_is_missing(tmp_path, only_fakes):
    """No player: a silent voice with the reason, and nothing is rendered in vain."""
    voice = make_voice(SETTINGS, ENGLISH, tmp_path / "cache")
    assert isinstance(voice, SilentVoice)
    assert "alsa-utils" in voice.problem
    assert "captions only" in voice.problem
    assert not (tmp_path / "cache").exists()


class TimedOutput(CommandOutput):
    """A device that plays in its head, and knows whether each sound was over when the next came."""

    def __init__(self) -> None:
        super().__init__(("timed",))
        self.begun: list[str] = []
        self.over: list[bool] = []
        self._ends_at = 0.0

    def start(self, path: Path) -> None:
        self.over.append(time.monotonic() >= self._ends_at)
        self.begun.append(path.stem)
        self._ends_at = time.monotonic() + duration_s(path)

    def playing(self) -> bool:
        return time.monotonic() < self._ends_at

    def stop(self) -> None:
        """Do nothing: what it was playing counts as cut off if its time is not over."""


def test_the_last_syllable_is_heard_before_words_that_can_wait(tmp_path):
    """Praise waits for the end of what is nearly over; a long sentence is not waited for."""
    output = TimedOutput()
    player = WatchedPlayer([output])
    for name, seconds, gently in (("a", 0.5, False), ("b", 0.3, True), ("c", 30.0, False), ("d", 0.1, True)):
        begun = len(output.begun)
        player.play(sound(tmp_path / f"{name}.wav", seconds), gently=gently)
        until(lambda begun=begun: len(output.begun) > begun)
    assert output.begun == ["a", "b", "c", "d"]
    assert output.over == [True, True, False, False]
    player.close()


def test_what_waits_for_the_last_syllable_gives_way_to_what_is_newer(tmp_path):
    """Silence while it waits is silence."""
    output = TimedOutput()
    player = WatchedPlayer([output])
    player.play(sound(tmp_path / "a.wav", 0.35))
    until(lambda: output.begun)
    player.play(sound(tmp_path / "b.wav"), gently=True)
    until(lambda: player._request is None)
    player.stop()
    player.play(sound(tmp_path / "c.wav"))
    until(lambda: len(output.begun) > 1)
    assert output.begun == ["a", "c"]
    player.close()


class StuckOutput(CommandOutput):
    """A device whose driver never returns from `start`."""

    def __init__(self) -> None:
        super().__init__(("stuck",))
        self.released = False

    def start(self, path: Path) -> None:
        until(lambda: self.released)


def test_a_device_call_that_never_returns_is_noticed(tmp_path):
    """The callers go on; after the grace the voice says that the device does not answer."""
    output, now = StuckOutput(), [0.0]
    player = WatchedPlayer([output], clock=lambda: now[0])
    path = sound(tmp_path / "a.wav")
    player.play(path)
    until(lambda: player._request is None)
    player.play(path)
    assert player.problem == ""
    now[0] = 10.0
    player.play(path)
    assert player.problem == "no sound: stuck does not answer; captions only"
    output.released = True
    player.close()


def test_the_voice_is_the_one_that_was_asked_for(tmp_path, monkeypatch):
    """Voice, beeps or silence; a cache folder that cannot be made is stood in for."""
    monkeypatch.setattr(players, "make_player", RecordingPlayer)
    (tmp_path / "file").write_text("not a folder")
    assert isinstance(
        make_voice(SETTINGS.model_copy(update={"mode": "silent"}), ENGLISH, tmp_path), SilentVoice
    )
    beeps = make_voice(SETTINGS.model_copy(update={"mode": "beeps"}), ENGLISH, tmp_path / "file")
    assert isinstance(beeps, BeepVoice)
    spoken = make_voice(SETTINGS, ENGLISH, tmp_path)
    assert isinstance(spoken, SpokenVoice)
    spoken.close()


def test_a_player_that_cannot_play_does_nothing(tmp_path):
    """The fallback has the whole interface."""
    player = NoPlayer("no sound")
    player.play(tmp_path)
    player.stop()
    player.close()
    assert player.problem == "no sound"


@espeak
@pytest.mark.parametrize("language", languages())
def test_every_phrase_is_audible_short_and_as_long_as_estimated(tmp_path, language):
    """Rendered for real: equally loud, nothing over three seconds, holds and releases under 1.45.

    What asks for a movement is over before the quick ones have made it: "hold" would cut it off.
    """
    book = load_phrase_book(language)
    short = short_texts(book)  # all of these, and of the rest a sample: benchmarks/speech.py has all
    advice = book.text("session", "hurt_rest")  # the last words where it hurt: nothing waits for their end
    sample = [text for text in book.spoken(EXERCISES, up_to=3) if text != advice][::3]
    asking = asking_texts(book)
    texts = tuple(dict.fromkeys((*sample, *short, *asking)))
    rate = round(SETTINGS.rate * book.pace)
    renderer = Renderer([SpeechRequest("system", language, "", rate)], tmp_path)
    renderer.want(texts)
    until(lambda: renderer.problem or renderer.find(texts[-1]))
    assert renderer.problem == ""
    renderer.close()
    assert "pyttsx3" not in sys.modules
    longer = 0
    for text in sample:
        samples, seconds = read(renderer.find(text))
        rate_hz = round(len(samples) / seconds)
        assert loudness_lufs(samples, rate_hz) == pytest.approx(TARGET_LUFS, abs=1), text
        assert 20 * np.log10(np.abs(samples).max()) <= PEAK_DBFS, text
        assert not samples[: round(LEAD_IN_S * rate_hz)].any(), text
        assert seconds < 3.2, text
        assert seconds < 1.15 * estimate_s(text, rate) + 0.1, text
        longer += seconds > estimate_s(text, rate)
    assert longer <= 0.15 * len(sample)
    for text in short:
        assert read(renderer.find(text))[1] < 1.35 + LEAD_IN_S, text
    for text in asking:
        assert read(renderer.find(text))[1] < 1.5, text


def short_texts(book: PhraseBook) -> set[str]:
    """Return the phrases that must be over before the next one is due."""
    values: dict[str, str | int] = {"n": 3}
    cues = (Cue(0.0, CueKind.HOLD, key, name, values) for key in SHORT_KEYS for name in (None, *EXERCISES))
    return {book.fill(one).text for one in cues}


def asking_texts(book: PhraseBook) -> set[str]:
    """Return every variant of what asks for a movement that is held."""
    cues = (Cue(0.0, CueKind.INSTRUCTION, key, name) for key in ("go", "again") for name in EXERCISES[:3])
    return {book.fill(one).text for one in cues for _ in range(3)}  # variants take turns


def test_importing_the_voice_loads_no_speech_engine_and_no_sound_library():
    """`--help` stays quick, and espeak-ng, which may end its process, never enters this one."""
    code = (
        "import sys, coach.shell.sound.voice, coach.shell.sound.speech, coach.shell.sound.player;"
        "sys.exit(any(name in sys.modules for name in"
        " ('pyttsx3', 'piper', 'onnxruntime', 'sounddevice', 'espeakng_loader', 'av')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
    assert Path(RENDER[-1]).is_file()


@espeak
def test_a_text_without_a_sound_is_a_caption_and_costs_nothing_else(tmp_path):
    """A memory named with signs alone cannot be spoken; the voice stays, and does not try for ever."""
    renderer = Renderer([SYSTEM], tmp_path)
    for text in ("...", "--", "!?", "( )"):
        renderer.want([text])
    renderer.want(["Hold"])
    until(lambda: renderer.problem or renderer.find("Hold"))
    assert renderer.problem == ""
    renderer.close()


def test_nothing_where_the_person_stands_is_run_for_the_voice(tmp_path, monkeypatch):
    """A folder `coach`, a `numpy.py`, a `json.py` there, and a PYTHONPATH that means the present folder."""
    here = tmp_path / "here"
    (here / "coach").mkdir(parents=True)
    trap = f"open({str(tmp_path / 'sprung')!r}, 'w').close(); raise SystemExit(9)"
    for name in ("coach/__init__.py", "numpy.py", "json.py", "pyttsx3.py"):
        (here / name).write_text(trap)
    monkeypatch.chdir(here)
    monkeypatch.setenv("PYTHONPATH", os.pathsep)
    sounds = tmp_path / "sounds"
    sounds.mkdir()
    renderer = Renderer([SYSTEM], sounds)
    renderer.want(["Smile"])
    until(lambda: renderer.find("Smile") or renderer.problem)
    renderer.close()
    assert not (tmp_path / "sprung").exists()
