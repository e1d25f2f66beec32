"""Several people share a machine: each has a history of their own, and is asked for where there are two."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from simulated_year import fill

from coach.__main__ import run
from coach.errors import UsageError
from coach.shell.profile.home import Home
from coach.shell.profile.people import FOLDER, people
from coach.shell.profile.shared_options import Shared
from coach.shell.store.store import Store
from coach.shell.system.launcher import add_launcher
from coach.shell.welcome import person_choice as asking
from coach.shell.welcome.person_choice import choose_person
from coach.shell.welcome.setup import needs_setup
from coach.shell.window.display import Command, NoDisplay


def options(data: Path, person: str | None = None, *, window: bool = False) -> Shared:
    return Shared(None, window, False, None, data, None, "en", None, person)


def add(*names: str) -> None:
    for name in names:
        assert run(["people", "add", name]) == 0


def practised(folder: Path, sessions: int = 1) -> None:
    with Store.open(folder) as store:
        fill(store, sessions=sessions, check_ins=0)


def test_each_person_has_a_history_range_and_memories_of_their_own(home, capfd):
    """What Ada adds, Bo does not see; upper and lower case make no other person."""
    add("Ada", "Bo O'Neil")
    assert run(["memories", "add", "the lake", "--person", "ada"]) == 0
    capfd.readouterr()
    assert run(["memories", "--person", "Ada"]) == 0
    assert "the lake" in capfd.readouterr().out
    assert run(["memories", "--person", "Bo O'Neil"]) == 0
    nothing = capfd.readouterr().out
    assert "No memories yet" in nothing
    assert "--person" in nothing  # typed as it stands, it adds to nobody else's
    assert (home / FOLDER / "Ada").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("name", ["", "..", "a/b", "con", ".hidden", "x" * 40, "a\nb"])
def test_what_cannot_be_a_folder_is_no_name(home, name, fails):
    """The line says what a name may have in it, and no folder is made."""
    status, line = fails("people", "add", name)
    assert status == 2
    assert "no name" in line
    assert not people(home)


def test_a_name_is_said_as_it_is_to_be_typed(home, capfd, fails):
    """An apostrophe or a blank would be the shell's own."""
    add("Bo")
    capfd.readouterr()
    assert run(["people", "add", "O'Neil"]) == 0
    said = capfd.readouterr().out
    assert shlex.split(said.partition("give ")[2]) == ["--person", "O'Neil"]
    _, line = fails("people", "add", "o'neil")
    assert shlex.split(line.partition("there already; ")[2])[:3] == ["smile-coach", "--person", "o'neil"]


def test_an_unknown_person_is_not_made_by_a_slip(home, fails):
    """The line names those there are; nothing is written."""
    add("Ada")
    status, line = fails("progress", "--person", "Adda")
    assert (status, "known is Ada;" in line) == (2, True)
    assert "people add" in line
    assert people(home) == ("Ada",)
    status, line = fails("people", "add", "ADA")
    assert (status, "is there already" in line) == (2, True)


def test_whoever_is_alone_is_not_promised_a_question(home, capfd):
    """Only where there are two is there something to ask."""
    add("Ada")
    assert "the sessions here are now Ada's" in capfd.readouterr().out
    add("Bo")
    assert "asks at the start whose session it is" in capfd.readouterr().out


def test_a_person_beside_a_history_is_asked_for(home, capfd):
    """What was there before stays nobody's in particular."""
    practised(home)
    add("Ada")
    assert "asks at the start whose session it is" in capfd.readouterr().out


def test_where_there_is_one_nobody_is_asked(home):
    """Neither before anybody was added nor where only the one who was added has done anything."""
    assert choose_person(options(home)) == options(home)
    add("Ada")
    assert choose_person(options(home)).person == "Ada"
    assert choose_person(options(home, "Ada")).person == "Ada"


def test_without_anybody_to_ask_it_is_the_first_persons_or_a_mistake(home, fails):
    """A scheduler that ran before somebody was added goes on as it did."""
    practised(home)
    add("Ada")
    assert choose_person(options(home)).person == ""
    assert run(["forget", "everything", "--yes", "--person", ""]) == 0
    add("Bo")
    status, line = fails("progress")
    assert (status, "give --person" in line) == (2, True)


def test_in_the_window_the_last_one_to_practise_comes_first(home, monkeypatch):
    """Each has a number; the session then is theirs."""
    add("Ada", "Bo")
    practised(home / FOLDER / "Bo")
    shown = []

    class Window:
        def show(self, frame, observation, screen):
            shown.append(screen)
            return (Command.DIGIT_2,)

        def close(self):
            shown.append("closed")

    monkeypatch.setattr("coach.shell.app.devices.open_display", lambda *_: (Window(), ""))
    assert choose_person(options(home, window=True), led=True).person == "Ada"
    assert shown[0].lines == (("1", "Bo"), ("2", "Ada"))
    assert shown[-1] == "closed"


def test_without_a_window_the_terminal_asks(home, monkeypatch):
    """Enter alone takes the last one to practise; where none is wanted, no keys are explained before it."""
    practised(home)
    add("Ada")
    opened = []
    monkeypatch.setattr(
        "coach.shell.app.devices.open_display", lambda *_: opened.append(1) or (NoDisplay(), "")
    )
    for stream in ("stdin", "stderr"):
        monkeypatch.setattr(f"sys.{stream}.isatty", lambda: True, raising=False)
    monkeypatch.setattr("click.prompt", lambda *_, default, **__: default + 1)
    assert choose_person(options(home, window=True), led=True).person == "Ada"
    assert choose_person(options(home), led=True).person == "Ada"
    assert len(opened) == 1
    assert asking.candidates(Home.find(options(home)), options(home)) == ["", "Ada"]


@pytest.mark.parametrize(
    "command", [*("session", "check-in", "smile", "calibrate", "setup"), *("progress", "memories", "status")]
)
def test_every_command_about_a_person_asks_whose_it_is(command, home, fails, monkeypatch):
    """Two people's faces, ranges and days are never mixed, whatever is begun."""

    def refuse(*_: object, **__: object) -> Shared:
        raise UsageError("whose is it?")

    monkeypatch.setattr(asking, "choose_person", refuse)
    assert fails(command) == (2, "whose is it?")


def test_a_person_who_was_added_has_a_first_run(home):
    """The settings are everybody's, the range is their own."""
    add("Ada")
    practised(home)
    assert not needs_setup(Home.find(options(home)))
    assert needs_setup(Home.find(options(home, "Ada")))
    practised(home / FOLDER / "Ada")
    assert not needs_setup(Home.find(options(home, "Ada")))


def test_forget_export_and_reminders_know_whose_they_are(home, tmp_path, monkeypatch, capfd):
    """One person's files do not take another's place, and one who goes takes nobody along."""
    monkeypatch.chdir(tmp_path)
    add("Ada")
    practised(home)
    practised(home / FOLDER / "Ada")
    assert run(["export", "--person", "Ada"]) == run(["export", "--person", ""]) == 0
    assert (tmp_path / "smile-coach-export-Ada").is_dir()
    assert (tmp_path / "smile-coach-export").is_dir()
    capfd.readouterr()
    assert run(["status", "--person", "Ada", "--language", "en"]) == 0
    assert "--person Ada" in capfd.readouterr().out
    assert run(["forget", "everything", "--yes", "--person", ""]) == 0
    assert "still here: Ada" in capfd.readouterr().out
    assert (home / FOLDER / "Ada" / "history.sqlite3").is_file()
    assert run(["forget", "everything", "--yes", "--person", "Ada"]) == 0
    assert not people(home)


def test_memories_that_cannot_be_read_keep_nobody_from_forgetting(home, capfd):
    """Whose everything is can be told all the same."""
    assert run(["people", "add", "Zoe"]) == 0
    (home / "memories.toml").write_text("no TOML")
    assert run(["forget", "everything", "--yes"]) == 0
    assert "memories.toml" in capfd.readouterr().out
    assert not (home / "memories.toml").exists()


def test_after_everybodys_everything_no_name_is_left_unsaid(home, tmp_path, monkeypatch, capfd):
    """No folder of people either; the launcher, in which a name can be, is said to stay."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("APPDATA", str(tmp_path))
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    assert run(["people", "add", "Zoe"]) == 0
    assert run(["memories", "add", "the lake", "--person", "Zoe"]) == 0
    entry = add_launcher(["/bin/smile-coach", "--person", "Zoe"], "linux")
    monkeypatch.setattr("coach.shell.system.launcher.launcher.__defaults__", ("linux",))
    for whose in (["--person", "Zoe"], []):
        capfd.readouterr()
        run(["forget", "everything", "--yes", *whose])
        assert f"{entry}: still starts" in capfd.readouterr().out
    assert not home.exists()
