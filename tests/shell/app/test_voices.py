"""`smile-coach voice`: what there is, hearing it, fetching it, choosing it; every fault in one line."""

import tomllib
from pathlib import Path

import pytest
from players import RecordingPlayer

from coach.__main__ import run
from coach.errors import CoachError
from coach.shell.app import voices
from coach.shell.sound import piper_voices
from coach.shell.sound import player as players

pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture(autouse=True)
def machine(monkeypatch):
    """Stand in for engine, player and Piper; return what was rendered and which voices there are."""
    state = {"rendered": [], "rates": [], "there": set(), "problem": "", "players": []}

    def render_now(request, texts, deadline_s):
        state["rendered"].append((request.engine, request.voice, *texts.values()))
        state["rates"].append(request.rate)
        for path in texts:
            path.write_bytes(b"")
        return state["problem"]

    monkeypatch.setattr(voices, "render_now", render_now)
    monkeypatch.setattr(voices, "system_voices", lambda language: ["Samantha", "Alex"])

    def make_player():
        state["players"].append(RecordingPlayer())
        return state["players"][-1]

    monkeypatch.setattr(players, "make_player", make_player)
    monkeypatch.setattr(players, "duration_s", lambda path: 0.0)
    monkeypatch.setattr(piper_voices, "piper_installed", lambda: True)
    monkeypatch.setattr(
        piper_voices, "installed", lambda voice, folder: folder if voice.name in state["there"] else None
    )
    return state


def settings(tmp_path: Path) -> dict:
    path = tmp_path / "user_config_dir" / "coach.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def test_the_list_names_every_language_and_what_speaks_it(machine, capsys):
    """What is there, what could be fetched and how large it is, and how to choose."""
    machine["there"].add("fr_FR-siwis-medium")
    assert run(["voice", "--language", "en"]) == 0
    out = capsys.readouterr().out
    lines = out.splitlines()
    assert [line[:2] for line in lines if line[:2].strip() and line[2:4] == "  "] == ["de", "en", "es", "fr"]
    assert "de_DE-thorsten-medium   63 MB to download (recordings CC0)" in out
    assert "fr_FR-siwis-medium      on this machine (recordings CC BY 4.0)" in out
    assert "fr  Piper's fr_FR-siwis-medium" in out
    assert "Samantha, Alex" in out
    assert "smile-coach voice NAME chooses one" in out


def test_a_voice_is_heard_before_it_is_kept(tmp_path, machine, capsys):
    """The sentence is spoken in it, then the settings name it; auto takes it back."""
    machine["there"].add("de_DE-thorsten-medium")
    assert run(["voice", "de_DE-thorsten-medium"]) == 0
    assert [len(player.played) for player in machine["players"]] == [1]
    assert machine["rendered"] == [("piper", "de_DE-thorsten-medium", "Hallo, hörst du mich?")]
    assert settings(tmp_path) == {"voice": {"voice": "de_DE-thorsten-medium"}}
    assert run(["voice", "Samantha"]) == 0
    assert settings(tmp_path) == {"voice": {"voice": "Samantha"}}
    assert run(["voice", "auto"]) == 0
    assert settings(tmp_path) == {"voice": {"voice": ""}}
    assert "speaks from the next session on" in capsys.readouterr().out


def test_trying_keeps_nothing(tmp_path, machine):
    """One listens, and all stays as it was."""
    assert run(["voice", "system", "--try", "--language", "en"]) == 0
    assert machine["rendered"][0][:2] == ("system", "")
    assert settings(tmp_path) == {}


def test_a_voice_is_tried_at_its_own_languages_rate(machine):
    """As it will speak in a session: French faster than English, and a voice's language before one's own."""
    machine["there"].add("fr_FR-siwis-medium")
    for words in (["system", "--language", "en"], ["system", "--language", "fr"], ["fr_FR-siwis-medium"]):
        assert run(["voice", *words, "--try"]) == 0
    assert machine["rates"] == [165, 173, 173]


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        (["nobody"], 2, "there is no voice 'nobody' for 'en'; choose auto, system, en_US-joe-medium"),
        (["nobody", "--download"], 2, "'nobody' cannot be downloaded; choose one of en_US-joe-medium"),
        (["es_ES-davefx-medium"], 1, "--download fetches it (63 MB)"),
        (["--try"], 2, "which voice?"),
    ],
)
def test_a_voice_there_is_not_is_one_line_with_the_remedy(tmp_path, capsys, words, status, says):
    """And nothing is chosen."""
    assert run(["voice", *words, "--language", "en"]) == status
    error = capsys.readouterr().err
    assert says in error
    assert len(error.strip().splitlines()) == 1
    assert settings(tmp_path) == {}


def test_without_the_extra_the_line_says_how_to_get_it(tmp_path, monkeypatch, capsys):
    """Piper is an extra; its voices are listed all the same."""
    monkeypatch.setattr(piper_voices, "piper_installed", lambda: False)
    assert run(["voice", "en_US-joe-medium"]) == 1
    assert "needs Piper; pip install 'smile-coach[voice]'" in capsys.readouterr().err
    assert run(["voice"]) == 0
    assert "needs pip install 'smile-coach[voice]'" in capsys.readouterr().out
    assert settings(tmp_path) == {}


def test_a_voice_that_cannot_speak_is_not_kept(tmp_path, machine, capsys):
    """Its files are wrong: the line says so and what to do."""
    machine["there"].add("en_US-joe-medium")
    machine["problem"] = (
        "x.onnx: not the voice that was published; smile-coach voice x --download fetches it again"
    )
    assert run(["voice", "en_US-joe-medium"]) == 1
    assert "not the voice that was published" in capsys.readouterr().err
    assert settings(tmp_path) == {}


def test_a_download_that_fails_is_one_line(tmp_path, monkeypatch, capsys):
    """No network, no room, other bytes: whatever the download says, in one line, status 1."""

    def download(voice, folder, *, progress):
        raise CoachError(f"{voice.model.name} is missing and cannot be fetched (no connection)")

    monkeypatch.setattr(piper_voices, "download", download)
    assert run(["voice", "es_ES-davefx-medium", "--download"]) == 1
    assert "es_ES-davefx-medium.onnx is missing" in capsys.readouterr().err
    assert settings(tmp_path) == {}


@pytest.mark.parametrize("watched", [True, False])
def test_whoever_waits_for_63_mb_sees_them_come(monkeypatch, watched):
    """A progress bar, where standard error is a terminal; in a file it would be thousands of lines."""
    asked = []
    monkeypatch.setattr(voices.sys.stderr, "isatty", lambda: watched)
    monkeypatch.setattr(piper_voices, "download", lambda *_, progress: asked.append(progress))
    monkeypatch.setattr(piper_voices, "piper_installed", lambda: False)
    run(["voice", "es_ES-davefx-medium", "--download"])
    assert asked == [watched]


def test_a_downloaded_voice_speaks_all_its_phrases_once(machine, monkeypatch, capsys):
    """So that a first session need not wait for them; then a sentence of it is heard."""
    asked = []

    def download(voice, folder, *, progress):
        machine["there"].add(voice.name)
        return folder

    monkeypatch.setattr(piper_voices, "download", download)
    monkeypatch.setattr(
        voices, "_speak_all", lambda how, texts, folder: asked.append((how, texts, folder)) or ""
    )
    assert run(["voice", "es_ES-davefx-medium", "--download"]) == 0
    [(how, texts, folder)] = asked
    assert (how.engine, how.voice, how.rate, folder.name) == ("piper", "es_ES-davefx-medium", 173, "es")
    assert len(texts) > 100
    assert machine["rendered"][0][:2] == ("piper", "es_ES-davefx-medium")
    assert "speaks in 'es' from now on" in capsys.readouterr().out
