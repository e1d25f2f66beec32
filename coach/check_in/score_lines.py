"""A photo's scores, line by line, in the person's language."""

from __future__ import annotations

from coach.check_in.scores import FULL_LIFT, FULL_PULL, NUMBERS, TURNED_DEG, Scores
from coach.face.baseline import OwnRange
from coach.progress.words import ProgressWords

SCORE = "score"  # where its words are


def score_lines(scores: Scores, words: ProgressWords) -> list[str]:
    """Return the scores as lines to print, and what cannot be known from this picture and why."""
    lines = [words.line(words.say(name, SCORE), _of_100(getattr(scores, name), words)) for name in NUMBERS]
    if scores.type is not None:
        lines.append(words.line(words.say("type", SCORE), words.smile_type(scores.type)))
    travel, sd = scores.excursion_mm, scores.excursion_sd_mm
    if travel is not None and sd is not None:
        lines += [
            words.say(f"travel_{side}", SCORE, mm=words.number(mm), sd=words.number(error))
            for side, mm, error in (("left", travel.left, sd.left), ("right", travel.right, sd.right))
        ]
    if scores.mouth_width_mm is not None and scores.eye_opening_mm is not None:
        eyes = scores.eye_opening_mm
        left, right = words.number(eyes.left), words.number(eyes.right)
        lines.append(words.say("mouth_width", SCORE, mm=words.number(scores.mouth_width_mm, 0)))
        lines.append(words.say("eye_opening", SCORE, left=left, right=right))
    if not scores.relative:
        lines.append(words.say("alone", SCORE))
    if scores.eyes_closed:
        lines.append(words.say("eyes_closed", SCORE))
    if scores.turn_deg > TURNED_DEG:
        lines.append(words.say("turned", SCORE, degrees=words.number(scores.turn_deg, 0)))
    return lines


def range_lines(scores: Scores, own_range: OwnRange | None, words: ProgressWords) -> list[str]:
    """Return how much of the person's own best a photo shows; nothing without a stored range.

    Parameters
    ----------
    scores
        Against the person's own face at rest.
    own_range
        As calibrated: outer-eye-corner distances.
    words
        Of the person's language.
    """
    if own_range is None or not scores.relative:
        return []
    smile = scores.mouth_curve * FULL_PULL / own_range.smile
    lines = [words.line(words.say("best_smile", SCORE), words.share(smile / 100))]
    if scores.cheek_lift is not None:
        cheek = scores.cheek_lift * FULL_LIFT / own_range.cheek
        lines.append(words.line(words.say("best_cheek", SCORE), words.share(cheek / 100)))
    return lines


def _of_100(value: float | None, words: ProgressWords) -> str:
    if value is None:
        return words.say("not_known", SCORE)
    return words.say("of_100", SCORE, n=words.number(value, 0))
