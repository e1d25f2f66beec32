"""Open eyes, closed eyes and blinks."""

from __future__ import annotations

from dataclasses import dataclass

from coach.exercise.spec import EyeSpec


@dataclass(frozen=True, slots=True)
class Eyes:
    """Whether the eyes are open or closed, and since when. A blink is a closure shorter than `blink_s`."""

    closed_since: float | None = None
    open_since: float = float("-inf")

    def step(self, t: float, closure: float, spec: EyeSpec) -> Eyes:
        """Return the eyes after one frame with this closure, 0 open .. 1 closed."""
        if closure >= spec.closed:
            return self if self.closed_since is not None else Eyes(t, self.open_since)
        return Eyes(None, t) if self.closed_since is not None else self

    def blinking(self, t: float, spec: EyeSpec) -> bool:
        """Whether the eyes are blinking or have just blinked."""
        if self.closed_since is not None:
            return t - self.closed_since <= spec.blink_s
        return t - self.open_since <= spec.reopen_s

    def shut(self, t: float, spec: EyeSpec) -> bool:
        """Whether the eyes have been closed for longer than a blink."""
        return self.closed_since is not None and t - self.closed_since > spec.blink_s
