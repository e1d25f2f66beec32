"""The face in a frame: MediaPipe's Face Landmarker behind one method, free of its surprises."""

from __future__ import annotations

import ctypes
import threading
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from coach.errors import ModelError
from coach.shell.detection.light import light
from coach.shell.system.image import plain
from coach.shell.system.native_stderr import native_stderr
from coach.types import FaceObservation, Frame, Image, Light, Points

LIGHT_EVERY_S = 0.25  # seconds of frame time; light changes slowly
# In VIDEO mode MediaPipe runs every coordinate through a One Euro filter whose cut-off is 0.05 Hz at rest
# (`face_landmarks_detector_graph.cc`): small slow movements, which is what a raised lower lid is, come out
# 0.05-0.13 s late. Between frames this far apart it forgets all but 0.3 % of what it remembers. Nothing else
# in the graph asks for the time, and there is room for nine million frames: three days at 30 a second.
STEP_MS = 1_000_000
# For a film. From 0.25 to 1 s no verdict changes on 43 films of real and 6 of rendered people; a smile of one
# second is still looked at twice.
MIRROR_EVERY_S = 0.5
# For a camera, where a picture that is looked at twice is shown later: so seldom that 19 of 20 never are.
LIVE_MIRROR_S, LIVE_MIRROR_PICTURES = 1.0, 20
WARM_UP_SIZE = (120, 160, 3)


class Landmarker:
    """One MediaPipe Face Landmarker for the life of the program, one face, in VIDEO mode, unsmoothed.

    It may be made, used and closed on different threads; one frame is looked at at a time.

    Parameters
    ----------
    model
        The file `face_landmarker.task`.
    mirror_every_s
        How often the face is also looked at in the mirrored picture, seconds of frame time; None: never. The
        network does not read both sides alike, and in the mirror it errs the other way round: the mean of
        both tells even smiles from uneven ones twice as well (rendered people, also lit from the side).
    mirror_pictures
        And at most once in so many pictures with a face.

    Raises
    ------
    ModelError
        The file is missing, truncated or not a landmarker's model.
    """

    def __init__(self, model: Path, mirror_every_s: float | None = None, mirror_pictures: int = 1) -> None:
        self._model = model
        self._mirror_every_s = mirror_every_s
        self._mirror_pictures = mirror_pictures
        self._mirrored_t = -np.inf
        self._since_mirrored = 0  # pictures with a face
        self._stamp_ms = 0
        self._last_t = -np.inf
        self._light: Light | None = None
        self._light_t = -np.inf
        self._in_use = threading.Lock()
        self._native: Any = self._open()
        # one of its own: a landmarker follows one face, and in the mirror that is elsewhere
        self._native_mirrored: Any = self._open() if mirror_every_s is not None else None

    def _open(self) -> Any:
        from mediapipe.tasks.python import BaseOptions, vision

        options = vision.FaceLandmarkerOptions(
            base_options=BaseOptions(model_asset_path=str(self._model)),
            running_mode=vision.RunningMode.VIDEO,
            output_face_blendshapes=True,
            num_faces=1,
        )
        with native_stderr():
            try:
                native = vision.FaceLandmarker.create_from_options(options)
            except (OSError, RuntimeError, ValueError) as error:
                reason = str(error).splitlines()[0] if str(error) else type(error).__name__
                raise ModelError(
                    f"{self._model}: not a usable landmarker model ({reason}); "
                    "delete the file and start again"
                ) from error
            try:
                _infer(native, np.zeros(WARM_UP_SIZE, np.uint8), 0)
            except BaseException:  # as without memory for OpenCV's libraries
                native.close()
                raise
        return native

    def another(self) -> Landmarker:
        """Return one more on the same model, for other pictures; it looks at none in the mirror."""
        return Landmarker(self._model)

    def detect(self, frame: Frame) -> FaceObservation | None:
        """Return the face in the frame; None without a face or without a picture.

        Parameters
        ----------
        frame
            A `t` that goes back is taken as the start of another source.

        Raises
        ------
        RuntimeError
            The landmarker is closed. (MediaPipe itself would say "no face" for ever.)
        """
        with self._in_use:
            return self._detect(frame)

    def close(self) -> None:
        """Let the model go; safe to call twice.

        While another thread is inside `detect` it is left open until the process ends: closing would pull
        the model from under that thread and could crash, waiting would never end with one that is stuck.
        """
        if not self._in_use.acquire(blocking=False):
            return
        try:
            if self._native is not None:
                self._native.close()
                self._native = None
            if self._native_mirrored is not None:
                self._native_mirrored.close()
                self._native_mirrored = None
        finally:
            self._in_use.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _detect(self, frame: Frame) -> FaceObservation | None:
        if self._native is None:
            raise RuntimeError("the landmarker is closed; open a new one")
        image = plain(frame.image)
        if image is None:  # an empty picture would abort the process while a face is tracked
            return None
        if frame.t < self._last_t:
            self._light, self._light_t, self._mirrored_t = None, -np.inf, -np.inf
        self._last_t = frame.t
        self._stamp_ms += STEP_MS
        face = _infer(self._native, image, self._stamp_ms)
        if face is None:
            return None
        landmarks, blendshapes = face
        height, width = frame.image.shape[:2]
        return FaceObservation(
            t=frame.t,
            landmarks=landmarks,
            blendshapes=blendshapes,
            size=(width, height),
            light=self._light_at(frame.t, image, landmarks),
            mirrored=self._mirrored_at(frame, image),
        )

    def _mirrored_at(self, frame: Frame, image: Image) -> FaceObservation | None:
        """Return the face in the mirrored picture where it is time to look at it that way."""
        self._since_mirrored += 1
        if self._mirror_every_s is None or frame.t - self._mirrored_t < self._mirror_every_s:
            return None
        if self._since_mirrored < self._mirror_pictures:
            return None
        self._mirrored_t, self._since_mirrored = frame.t, 0
        face = _infer(self._native_mirrored, np.ascontiguousarray(image[:, ::-1]), self._stamp_ms)
        if face is None:
            return None
        height, width = frame.image.shape[:2]
        return FaceObservation(frame.t, *face, size=(width, height))

    def _light_at(self, t: float, image: Image, landmarks: Points) -> Light | None:
        """Return the light on the face, measured again every `LIGHT_EVERY_S`."""
        if t - self._light_t >= LIGHT_EVERY_S:
            self._light = light(image, landmarks)
            self._light_t = t
        return self._light


def _infer(native: Any, image: Image, ms: int) -> tuple[Points, NDArray[np.float64]] | None:
    """Return landmarks (478, 3) and blendshapes (52,) of the face in the picture, None without one.

    This is `FaceLandmarker.detect_for_video` of the pinned MediaPipe without its last step, which
    makes 530 Python objects of the result, only for us to make arrays of them again: 1 ms a frame.
    """
    import cv2
    import mediapipe as mp
    from mediapipe.tasks.python.vision.face_landmarker import FaceLandmarkerResultC

    rgb = mp.Image(image_format=mp.ImageFormat.SRGB, data=cv2.cvtColor(image, cv2.COLOR_BGR2RGB))
    found = FaceLandmarkerResultC()
    library, handle, picture = native._lib, native._handle, rgb._image_ptr  # noqa: SLF001
    library.MpFaceLandmarkerDetectForVideo(handle, picture, None, ms, ctypes.byref(found))
    try:
        if not found.face_landmarks_count:
            return None
        face, shape = found.face_landmarks[0], found.face_blendshapes[0]
        points = _floats(face.landmarks, face.landmarks_count, "x", width=3)
        return points, _floats(shape.categories, shape.categories_count, "score", width=1)[:, 0]
    finally:
        library.MpFaceLandmarkerCloseResult(ctypes.byref(found))


def _floats(rows: Any, count: int, first: str, width: int) -> NDArray[np.float64]:
    """Copy neighbouring float fields out of an array of C structures, (count, width)."""
    kind = rows._type_
    field = np.dtype(
        {
            "names": [first],
            "formats": [(np.float32, (width,))],
            "offsets": [getattr(kind, first).offset],
            "itemsize": ctypes.sizeof(kind),
        }
    )
    memory = ctypes.string_at(rows, count * field.itemsize)
    return np.frombuffer(memory, field)[first].astype(np.float64)
