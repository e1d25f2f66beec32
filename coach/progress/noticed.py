"""The difference of a smile's sides from which one counts as weaker, for a person whose smile is known."""

from __future__ import annotations

from datetime import timedelta

from coach.progress.history import History
from coach.progress.series import side_series
from coach.progress.trends import minimal_detectable_change, sem_of_series

KNOWN_AFTER = timedelta(days=14)


def noticed_mm(history: History, most_mm: float) -> float:
    """Return from how many millimetres on one side counts as weaker: as many as others notice, or fewer.

    A person whose sides differ by the same amount every day can be told of smaller differences: those that
    two of their days exceed in only 1 case of 20. The uncertainty of each single smile is a limit of its own.

    Parameters
    ----------
    history
        The sessions so far.
    most_mm
        The difference that others notice; returned until the smiles of two weeks and six sessions are known.
    """
    series = side_series(history)
    sem = sem_of_series(series.values)
    if sem is None or series.at[-1] - series.at[0] < KNOWN_AFTER:
        return most_mm
    return min(max(minimal_detectable_change(sem), series.resolution), most_mm)
