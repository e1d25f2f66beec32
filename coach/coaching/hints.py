"""When to mention that something is out of order: once it has lasted, then less and less often."""

from __future__ import annotations

from coach.coaching.spec import HintSpec


class Hints:
    """Feed it every frame; it returns a hint in the frame in which it should be said.

    Example::

        hint = hints.step(t, "closer", quiet=True)
        if hint is not None:
            say(hint)
    """

    def __init__(self, spec: HintSpec) -> None:
        self._spec = spec
        self._wrong: str | None = None
        self._since = 0.0
        self._said: str | None = None
        self._said_t = float("-inf")
        self._wait_s = self._spec.every_s

    def step(self, t: float, wrong: str | None, *, quiet: bool) -> str | None:
        """Take in one frame; return what to say about it.

        Parameters
        ----------
        t
            Seconds.
        wrong
            The first thing that is out of order, None when all is well.
        quiet
            Nothing is being said.
        """
        if wrong != self._wrong:
            self._wrong, self._since = wrong, t
        same = wrong == self._said
        wait_s = self._wait_s if same else self._spec.every_s
        lasts = t - self._since >= self._spec.after_s
        if wrong is None or not quiet or not lasts or t - self._said_t < wait_s:
            return None
        self._wait_s = min(2 * wait_s, self._spec.seldom_s) if same else self._spec.every_s
        self._said, self._said_t = wrong, t
        return wrong
