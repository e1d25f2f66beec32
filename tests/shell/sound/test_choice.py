"""Which voice a session gets, before its first word: the best there is, and never two."""

import sys
from pathlib import Path

import pytest

from coach.settings import VoiceSettings
from coach.shell.profile.language_files import load_phrase_book
from coach.shell.sound import choice, piper_voices
from coach.shell.sound.choice import Speech, choose_speech
from coach.shell.sound.recorded_engine import recorded_index

SETTINGS = VoiceSettings(mode="voice", rate=165, volume=1.0, voice="", chimes=True)
KNOWN = tuple(recorded_index("en")["phrases"][:5])


@pytest.fixture(autouse=True)
def machine(monkeypatch):
    """Return the voices of Piper's that this Linux machine has: none, until a test adds some."""
    there: set[str] = set()
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(piper_voices, "piper_installed", lambda: bool(there))
    monkeypatch.setattr(
        piper_voices, "installed", lambda voice, folder: folder if voice.name in there else None
    )
    return there


def engines(speech: Speech, **changes: object) -> list[tuple[str, str]]:
    settings = SETTINGS.model_copy(update=changes)
    return [(one.engine, one.voice) for one in choose_speech(settings, speech, Path("cache"))]


def test_where_espeak_would_speak_english_it_is_the_recordings():
    """Without the extra; the system's voice stands by."""
    assert engines(Speech("en", phrases=KNOWN)) == [("recorded", ""), ("system", "")]
    assert engines(Speech("de", phrases=KNOWN)) == [("system", "")]


@pytest.mark.parametrize("platform", ["win32", "darwin"])
def test_other_systems_keep_their_own_voices(monkeypatch, platform):
    """Theirs are good, and they are what the person knows."""
    monkeypatch.setattr(sys, "platform", platform)
    assert engines(Speech("en", phrases=KNOWN)) == [("system", "")]


def test_one_phrase_that_is_not_recorded_gives_the_whole_session_to_the_system():
    """An exercise of another package, say: no session changes its voice in the middle."""
    assert engines(Speech("en", phrases=(*KNOWN, "Purse your lips"))) == [("system", "")]


def test_a_pace_of_ones_own_is_not_that_of_the_recordings():
    """They were spoken at one pace; the system speaks at any."""
    assert engines(Speech("en", phrases=KNOWN), rate=120) == [("system", "")]


def test_a_memorys_name_is_read_or_it_is_heard():
    """With captions the recordings stay, and number it; where nobody reads, the system says the name."""
    names = ("Number one: the sea",)
    assert engines(Speech("en", phrases=KNOWN, names=names)) == [("recorded", ""), ("system", "")]
    assert engines(Speech("en", phrases=KNOWN, names=names, read=False)) == [("system", "")]


def test_what_nobody_reads_is_made_before_the_many_fixed_phrases():
    """The first dose is said seconds after the start: a new voice may not have come to it by then."""
    dose = ("One hold of 5 seconds",)
    fixed = load_phrase_book("es").spoken(())
    heard = Speech("es", phrases=fixed, names=dose, read=False).texts
    assert set(fixed[: heard.index(dose[0])]) >= {"Relaja la cara y mira a la cámara"}
    assert heard.index(dose[0]) < 10
    assert Speech("es", phrases=fixed, names=dose).texts == (*fixed, *dose)


def test_pipers_voice_is_taken_where_there_is_one(machine):
    """For its own language; whatever has none keeps what it had."""
    machine.add("de_DE-thorsten-medium")
    assert engines(Speech("de")) == [("piper", "de_DE-thorsten-medium"), ("system", "")]
    assert engines(Speech("en", phrases=KNOWN)) == [("recorded", ""), ("system", "")]
    assert engines(Speech("fr")) == [("system", "")]


def test_a_voice_that_was_chosen_goes_first(machine):
    """One of Piper's for its language alone, even where it is missing: then the person is told so."""
    machine.add("en_US-joe-medium")
    assert engines(Speech("en", phrases=KNOWN), voice="system") == [("system", "")]
    assert engines(Speech("en", phrases=("Else",)), voice="Samantha") == [
        ("system", "Samantha"),
        ("system", ""),
    ]
    assert engines(Speech("de"), voice="de_DE-thorsten-medium")[0] == ("piper", "de_DE-thorsten-medium")
    assert engines(Speech("en"), voice="de_DE-thorsten-medium")[0] == ("piper", "en_US-joe-medium")


def test_the_pace_is_that_of_the_language():
    """A share of the rate that is set: French and Spanish a little faster."""
    rates = {
        code: choose_speech(SETTINGS, Speech(code, load_phrase_book(code).pace), Path("cache"))[-1].rate
        for code in ("en", "de", "fr", "es")
    }
    assert rates == {"en": 165, "de": 165, "fr": 173, "es": 173}


def test_the_downloaded_voices_are_looked_for_in_the_cache(machine):
    """The child process is told where."""
    machine.add("es_ES-davefx-medium")
    assert choose_speech(SETTINGS, Speech("es"), Path("cache"))[0].folder == str(Path("cache") / "voices")
    assert (
        choice.describe(choose_speech(SETTINGS, Speech("es"), Path("cache"))[0])
        == "Piper's es_ES-davefx-medium"
    )
