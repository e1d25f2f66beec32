"""Where a person's things are: settings, data, caches; found once at the command's start."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from coach.errors import StoreError, UsageError
from coach.face.baseline import OwnRange
from coach.settings import Settings
from coach.shell.model_file import FILE_NAME
from coach.shell.profile.language_files import language_for
from coach.shell.profile.people import person_folder, person_named
from coach.shell.profile.places import (
    MEMORIES,
    NEUTRAL,
    PAGE,
    PHOTOS,
    PLACES,
    RANGE,
    REMINDERS,
    SMILES,
    TO_COME,
    found,
)
from coach.shell.profile.toml_files import load_settings
from coach.shell.system.output_file import EVENTS, STANDARD_OUTPUT, check_output
from coach.shell.system.private_file import sweep, sweep_folder

if TYPE_CHECKING:
    from coach.shell.profile.shared_options import Shared

APP = "smile-coach"
SETTINGS_FILE = "coach.toml"


@dataclass(frozen=True, slots=True)
class Home:
    """`data_dir`: history, memories, own range, photos; `cache_dir`: the model and rendered speech.

    `person`: whose it is, empty if nobody was named.
    """

    settings: Settings
    settings_file: Path
    data_dir: Path
    cache_dir: Path
    person: str = ""
    inputs: tuple[Path, ...] = ()  # files the command reads
    force: bool = False

    @classmethod
    def find(cls, options: Shared) -> Home:
        """Find the folders and read the settings, with the command's options on top.

        Raises
        ------
        UsageError
            The settings file is unreadable or wrong, there are no words in the language, or nobody of
            the person's name.
        """
        import platformdirs

        base = cls.base(options)
        person = person_named(base, options.person) if options.person else ""
        usual = Path(platformdirs.user_config_dir(APP, appauthor=False)) / SETTINGS_FILE
        own = options.config or (usual if usual.is_file() else None)
        settings = load_settings(own)
        if options.language is not None:
            settings = settings.model_copy(update={"language": options.language})
        try:
            language_for(settings.language)
        except UsageError as error:
            where = f"{own}: language =" if options.language is None else "--language"
            raise UsageError(f"{where} {error}") from error
        cache_dir = Path(platformdirs.user_cache_dir(APP, appauthor=False))
        inputs = tuple(Path(source) for source in (options.source,) if source)
        folder = person_folder(base, person)
        home = cls(settings, own or usual, folder, cache_dir, person, inputs, options.force)
        if options.events and options.events != STANDARD_OUTPUT:
            home.check_output(Path(options.events), EVENTS, name="--events")
        return home

    def check_output(self, path: Path, kind: str, *inputs: Path, name: str = "") -> None:
        """Refuse to write onto files that are read or kept, or (but by force) onto one of another kind.

        Raises
        ------
        UsageError
            Something would be lost.
        """
        mine = (place for own in PLACES for place in found(own, self.data_dir, self.cache_dir))
        kept = [path for path in mine if path.name not in {PAGE, REMINDERS}]
        kept += [self.data_dir / name for name in TO_COME]
        check_output(
            path,
            kind,
            kept=(self.settings_file, self.cache_dir / FILE_NAME, *kept),
            inputs=(*self.inputs, *inputs),
            force=self.force,
            name=name,
        )

    @staticmethod
    def base(options: Shared) -> Path:
        """Return the data folder that everybody's is in."""
        import platformdirs

        folder = options.data_dir or Path(platformdirs.user_data_dir(APP, appauthor=False))
        try:
            return folder.expanduser()
        except RuntimeError as error:
            raise UsageError(
                f"--data-dir {folder}: nobody has that name here; write the whole path"
            ) from error

    def model(self, *, progress: bool) -> Path:
        """Return the landmarker's model file, fetched if need be.

        Raises
        ------
        ModelError
            It cannot be had.
        """
        from coach.shell.model_file import find_model

        return find_model(self.settings.model.path, self.cache_dir, progress=progress)

    def make_data_dir(self) -> Path:
        """Make the data folder, readable by its owner alone, and return it.

        Raises
        ------
        StoreError
            It cannot be made.
        """
        try:
            self.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise StoreError(
                f"{self.data_dir}: the data folder cannot be made ({error.strerror}); "
                "choose another with --data-dir"
            ) from error
        for name in (MEMORIES, RANGE, NEUTRAL, PAGE, REMINDERS):
            sweep(self.data_dir / name)
        for name in (PHOTOS, SMILES):
            sweep_folder(self.data_dir / name)
        return self.data_dir

    def own_range(self) -> OwnRange | None:
        """Return the person's calibrated range, or None before a calibration."""
        from coach.shell.profile.range_file import read_own_range

        return read_own_range(self.data_dir)

    def with_settings(self, settings: Settings) -> Home:
        """Return the same home with other settings."""
        return replace(self, settings=settings)
