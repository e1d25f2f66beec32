"""The phrase book has every word in every language, kindly put, and fills it in the same way every time."""

import ast
import errno
import re
from itertools import pairwise
from pathlib import Path
from typing import get_args

import pytest

import coach
from coach.coaching.cues import Cue, CueKind
from coach.coaching.phrases import NOTICE, SCREEN, SESSION, PhraseBook, placeholders
from coach.errors import Notice, UsageError, reason_of
from coach.events import Reason
from coach.face.framing import Framing
from coach.shell.capture.cameras import explanation
from coach.shell.profile.language_files import language_for, languages, load_phrase_book
from coach.shell.profile.toml_files import config_dir, read_toml

EXERCISES = ("cheek_raiser", "symmetry_drill", "combined", "jaw_release", "memory_anchor")
BASICS = ("go", "again", "hold", "three", "two", "one", "release", "intro")
UNKIND = re.compile(
    r"\b(wrong|fake|bad|fail\w*|errors?|genuine|ugly|falsch|schlecht|fehler|unecht|verzerrt|falso|error|incorrecto"
    r"|(?<!\{n\} )malo?|fingid[ao]|faux|mauvais|erreur|raté|feint)\b",
    re.IGNORECASE,
)
WORDS = {path.stem: read_toml(path) for path in sorted((config_dir() / "languages").glob("*.toml"))}


def variants(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def phrases(language: str) -> list[tuple[str, str, str]]:
    sections = {name: table for name, table in WORDS[language].items() if isinstance(table, dict)}
    return [(s, k, v) for s, table in sections.items() for k, value in table.items() for v in variants(value)]


def test_there_are_words_in_four_languages():
    """English, German, Spanish and French."""
    assert languages() == ("de", "en", "es", "fr")


@pytest.mark.parametrize("language", ["de", "es", "fr"])
def test_every_language_has_the_same_phrases_with_the_same_placeholders(language):
    """A translation lacks nothing, adds nothing and fills in the same things."""
    ours, english = (
        {(s, k): placeholders(v) for s, k, v in phrases(which) if s != NOTICE} for which in (language, "en")
    )
    assert ours == english
    assert len(WORDS[language]["numbers"]) == len(WORDS["en"]["numbers"]) == 31


def _noticed() -> set[str]:
    """Return the English pattern of every notice in the program."""
    package = Path(coach.__file__).parent
    calls = (
        node
        for path in package.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Notice"
    )
    return {call.args[0].value for call in calls if isinstance(call.args[0], ast.Constant)}


@pytest.mark.parametrize("language", ["de", "es", "fr"])
def test_every_notice_is_said_in_every_language(language):
    """Whatever can be missing or fail is said in the person's language, with the same things filled in."""
    told = WORDS[language][NOTICE]
    assert _noticed() <= told.keys()
    assert {key: placeholders(key) for key in told} == {key: placeholders(told[key]) for key in told}
    assert told.keys() == WORDS["de"][NOTICE].keys()


def test_a_notice_is_said_with_its_reasons():
    """A notice in a notice, a list of them and a system's own reason; what nobody has words for stays."""
    book = load_phrase_book("de")
    full = reason_of(OSError(errno.ENOSPC, "No space left on device"))
    line = Notice("recording: cannot be written ({reason})", reason=full)
    assert line == "recording: cannot be written (No space left on device)"
    assert book.notice(line) == "Aufnahme: lässt sich nicht schreiben (kein Platz mehr auf dem Datenträger)"
    odd = Notice("no sound: {reason}; captions only", reason="PortAudio {is} cross")
    assert book.notice(odd) == "kein Ton: PortAudio {is} cross; nur Untertitel"
    camera = explanation(3, "gives no picture", [])
    assert camera.startswith("camera 3 gives no picture; no camera found: connect one, close other programs")
    german = book.notice(camera)
    assert german.startswith(
        "Kamera 3 liefert kein Bild; keine Kamera gefunden: schließ eine an, schließ and"
    )
    assert load_phrase_book("en").notice(camera) == camera
    assert book.notice("never heard of") == "never heard of"


@pytest.mark.parametrize("language", list(WORDS))
def test_variants_of_a_phrase_fill_in_the_same_things(language):
    """Whichever variant's turn it is, it says the same facts."""
    seen: dict[tuple[str, str], frozenset[str]] = {}
    for section, key, text in phrases(language):
        assert seen.setdefault((section, key), placeholders(text)) == placeholders(text)


@pytest.mark.parametrize("language", list(WORDS))
def test_nothing_is_said_unkindly(language):
    """No text judges the person or their smile, and every one is tidy."""
    for section, key, text in phrases(language):
        assert not UNKIND.search(text), (section, key, text)
        assert text == text.strip(), (section, key, text)
        assert text, (section, key)


@pytest.mark.parametrize("language", list(WORDS))
def test_every_reason_and_every_framing_fault_has_words_in_this_language(language):
    """Whatever the machines can find, the coach can say it without resorting to English."""
    book = PhraseBook(language, WORDS[language])
    for exercise in EXERCISES:
        for key in (*get_args(Reason), *BASICS, "title", "instruction"):
            assert book.has(exercise, key), (exercise, key)
    for key in get_args(Framing):
        assert book.has(SESSION, key), key


def test_a_count_is_a_sentence_that_no_countdown_resembles():
    """After "two, one" the release has no number, and the count comes in other words."""
    book = load_phrase_book("en")
    values = {"n": 3}
    assert book.fill(Cue(1.0, CueKind.RELEASE, "release", "cheek_raiser", values)).text == "And release"
    assert book.fill(Cue(1.0, CueKind.COUNT, "counted", "cheek_raiser", values)).text == "That's three"


@pytest.mark.parametrize("name", EXERCISES)
def test_a_correction_says_first_what_to_do_and_then_what_was_good(name):
    """Whoever hears only its beginning, or acts on it at once, does the right thing."""
    praise = {"nicely", "nice", "lovely", "good", "great", "steady"}
    for key in get_args(Reason):
        texts = variants(WORDS["en"][name].get(key, []))
        for text in texts:
            first = text.lower().split(" - ")[0].split()
            assert not praise & set(first), text


@pytest.mark.parametrize(("language", "words"), [("en", "on the left"), ("de", "Links"), ("fr", "à gauche")])
def test_a_side_is_named_in_the_language(language, words):
    """The machines say `left`; the person hears their own word for it."""
    cue = Cue(0.0, CueKind.CORRECTION, "asymmetric", "symmetry_drill", {"side": "left"})
    assert words in load_phrase_book(language).fill(cue).text


def test_an_exercise_is_announced_by_its_title():
    """`title` names the exercise; its title is read from its section."""
    cue = Cue(0.0, CueKind.INSTRUCTION, "begin", values={"title": "jaw_release"})
    assert load_phrase_book("de").fill(cue).text == "Jetzt: Kiefer lockern"


def test_variants_take_turns():
    """No variant comes twice running, and a second book says the same in the same order."""
    first, second = load_phrase_book("en"), load_phrase_book("en")
    cue = Cue(0.0, CueKind.PRAISE, "praise")
    said = [first.fill(cue).text for _ in range(8)]
    assert said == [second.fill(cue).text for _ in range(8)]
    assert all(a != b for a, b in pairwise(said))
    assert len(set(said)) == 4


def test_one_second_is_singular():
    """The form for one is its own phrase."""
    book = load_phrase_book("de")
    one = book.fill(Cue(0.0, CueKind.PRAISE, "recalled", "memory_anchor", {"seconds": 1}))
    three = book.fill(Cue(0.0, CueKind.PRAISE, "recalled", "memory_anchor", {"seconds": 3}))
    assert one.text.startswith("Eine Sekunde,")
    assert three.text.startswith("Drei Sekunden,")


NAMED_BY_NUMBER = {  # the number is a name, stands alone, or has a unit's symbol
    "release", "circled", "recall", "recall_named", "memory", "of_100", "share", "early", "side_left",
    "side_right", "side_even", "run_off", "next_in", "closes_in",
}  # fmt: skip


@pytest.mark.parametrize("language", list(WORDS))
def test_every_counted_phrase_has_its_singular(language):
    """No language says "1 days": what is counted has a form for one, or the number is a name."""
    for section, key, text in phrases(language):
        if "{n}" in text and section != NOTICE and not key.endswith("_one"):
            forms = WORDS[language][section]
            assert f"{key}_one" in forms or key in NAMED_BY_NUMBER, (section, key)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["0 reps", "1 rep", "2 reps", "1.0 reps"]),
        ("de", ["0 Wiederholungen", "1 Wiederholung", "2 Wiederholungen", "1,0 Wiederholungen"]),
        ("es", ["0 repeticiones", "1 repetición", "2 repeticiones", "1,0 repeticiones"]),
        ("fr", ["0 répétition", "1 répétition", "2 répétitions", "1,0 répétition"]),
    ],
)
def test_one_is_counted_as_the_language_counts(language, said):
    """In French nothing and all parts of two are singular, elsewhere one alone."""
    book = load_phrase_book(language)
    shown = ("0", "1", "2", said[3].split()[0])
    assert [book.counted("progress", "reps", number) for number in shown] == said


def test_the_persons_own_words_are_taken_as_they_are():
    """A memory's name may hold braces and need no translation."""
    cue = Cue(
        0.0, CueKind.INSTRUCTION, "recall_named", "memory_anchor", {"n": 2, "name": "left {side} of Oma"}
    )
    assert load_phrase_book("en").fill(cue).text == "Number two: left {side} of Oma"


def test_a_missing_phrase_falls_back_to_the_session_then_english_then_the_key_made_readable():
    """A half-translated language still runs a session, and so does an exercise without any words."""
    book = PhraseBook("xx", {"session": {"go": "Hopp"}}, WORDS["en"])
    assert book.text("cheek_raiser", "go") == "Hopp"
    assert book.text("cheek_raiser", "title") == "Cheek raiser"
    assert book.text("my_drill", "no_such_phrase") == "No such phrase"
    assert book.text("my_drill", "title") == "My drill"
    assert book.text("my_drill", "instruction") == ""
    assert book.fill(Cue(0.0, CueKind.INSTRUCTION, "intro", "my_drill")).text == "My drill"
    begin = Cue(0.0, CueKind.INSTRUCTION, "begin", values={"title": "my_drill"})
    assert load_phrase_book("de").fill(begin).text == "Jetzt: My drill"
    assert book.fill(Cue(0.0, CueKind.COUNT, "counted", values={"n": 3})).text == "That's 3"


def test_a_missing_value_leaves_a_gap_and_never_stops_the_session():
    """A placeholder without a value is empty."""
    assert load_phrase_book("en").fill(Cue(0.0, CueKind.COUNT, "counted")).text == "That's "


def test_screen_texts_keep_digits():
    """On the screen, numbers are read faster as digits."""
    assert load_phrase_book("es").text(SCREEN, "of", count=3, target=10) == "3 de 10"


@pytest.mark.parametrize("language", list(WORDS))
def test_the_list_to_render_holds_what_is_later_said(language):
    """Every count, side, title and correction of a session is known beforehand, with no placeholder left."""
    book = load_phrase_book(language)
    texts = book.spoken(EXERCISES)
    assert len(texts) == len(set(texts))
    assert not [text for text in texts if "{" in text]
    cues = [
        *(Cue(0, CueKind.RELEASE, "release", exercise, {"n": n}) for exercise in EXERCISES for n in (1, 10)),
        *(
            Cue(0, CueKind.CORRECTION, key, exercise, {"side": "right"})
            for exercise in EXERCISES
            for key in get_args(Reason)
        ),
        *(Cue(0, CueKind.INSTRUCTION, "begin", values={"title": exercise}) for exercise in EXERCISES),
        Cue(0, CueKind.PRAISE, "recalled", "memory_anchor", {"seconds": 1}),
        Cue(0, CueKind.PRAISE, "recalled", "memory_anchor", {"seconds": 5}),
        Cue(0, CueKind.SAFETY, "safety"),
    ]
    assert {book.fill(cue).text for cue in cues} <= set(texts)


def test_the_language_is_the_systems_unless_one_is_set(monkeypatch):
    """`auto` follows the environment; a language without words is English; a wrong setting is refused."""
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    for own, spoken in {"de_AT.UTF-8": "de", "fr": "fr", "C": "en", "pt_BR.UTF-8": "en"}.items():
        monkeypatch.setenv("LANG", own)
        assert language_for("auto") == spoken
    assert language_for("es") == "es"
    with pytest.raises(UsageError, match="choose auto, de, en, es, fr"):
        language_for("tlh")
