"""Smiles and check-ins of the simulated person, who smiles equally each time, led by the program itself."""

from __future__ import annotations

from contextlib import closing

from coach.check_in.flow import CheckInFlow
from coach.check_in.machine import Pose
from coach.check_in.scores import Scores, middle_of, typical
from coach.check_in.smile_flow import SmileFlow
from coach.coaching.screen import Screen
from coach.shell.app.check_in import load_check_in
from coach.shell.app.check_in_record import scored
from coach.shell.app.devices import Devices
from coach.shell.app.loop import Loop
from coach.shell.app.photographer import Photographer
from coach.shell.capture.simulated_person import SimulatedPerson, load_person
from coach.shell.detection.landmarker import Landmarker
from coach.shell.detection.stills import Stills
from coach.shell.profile.language_files import load_phrase_book
from coach.shell.profile.toml_files import load_coaching, load_settings
from coach.shell.sound.voice import SilentVoice
from coach.shell.store.recorder import LogKeeper
from coach.shell.window.display import Command, NoDisplay

LEFT_OUT: tuple[Pose, ...] = ("natural", "jaw")  # of a check-in: a smile alone has no such faces


class _Skipping(NoDisplay):
    """Leaves out the faces that `smile` does not ask for."""

    def __init__(self) -> None:
        self.flow: CheckInFlow | None = None

    def show(self, frame: object, observation: object, screen: Screen) -> tuple[Command, ...]:
        """Press `n` where a face is to be left out."""
        del frame, observation, screen
        skip = self.flow is not None and not self.flow.finished and self.flow.state.pose in LEFT_OUT
        return (Command.NEXT,) if skip else ()


def measured(landmarker: Landmarker, seed: int, *, smile: bool) -> tuple[Scores, Scores]:
    """Lead the simulated person through `smile` or a check-in; return its scores and its kept photo's.

    Raises
    ------
    RuntimeError
        It was not finished.
    """
    book, settings, spec = load_phrase_book("en"), load_settings(None), load_check_in()
    kind = SmileFlow if smile else CheckInFlow
    flow = kind(spec, book, settings, source="demo", coaching=load_coaching())
    person = SimulatedPerson(load_person(), seed=seed, realtime=False)
    display = _Skipping()
    display.flow = flow
    devices = Devices(person, landmarker, display, SilentVoice(), book)
    with landmarker.another() as second, closing(Photographer(flow, Stills(second))) as photographer:
        reason = Loop(flow, devices, LogKeeper(None), photograph=photographer.take).lead()
        if reason != "finished":
            raise RuntimeError(f"seed {seed}: {reason}")
        takes = scored(photographer.photos().pictures)["biggest"]
    return middle_of(takes), takes[typical(takes)]
