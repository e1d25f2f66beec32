"""A daily session as it is heard: with the lengths that the recorded words really have."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import numpy as np
from led import led

from coach.shell.profile.plan_files import load_plan
from coach.shell.sound.player import GENTLE_S
from coach.shell.sound.recorded_engine import read_opus, recording
from coach.shell.sound.speech import AT_ONCE

HEARD = 0.01  # of full scale
FRAME_S = 0.1


@cache
def audible_s(text: str) -> float:
    """Return when the last of a phrase can be heard, seconds from its beginning."""
    spoken = read_opus(recording("en", text))
    return float(np.nonzero(np.abs(spoken.samples) > HEARD)[0][-1] / spoken.rate_hz)


def test_no_word_of_a_daily_session_is_cut_off_by_the_next():
    """Ticks and "release" begin in silence; anything else lets the last syllable be heard first."""
    today, _ = load_plan("daily")
    run, _ = led(today, seed=1, script=None, fps=1 / FRAME_S, safety=True)
    given = list(run.run().given())
    assert len(given) > 50
    for (t, cue), (later, following) in pairwise(given):
        waits_s = 0.0 if following.kind in AT_ONCE else GENTLE_S
        assert t + audible_s(cue.text) <= later + waits_s, (cue.text, following.text)
