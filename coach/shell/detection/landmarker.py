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
WARM_UP_SIZE = (120, 160, 3)


class Landmarker:
    """One MediaPipe Face Landmarker for the life of the program, one face, in VIDEO mode, unsmoothed.

    It may be made, used and closed on different threads; one frame is looked at at a time.

    Parameters
    ----------
    model
        The file `face_landmarker.task`.

    Raises
    ------
    ModelError
        The file is missing, truncated or not a landmarker's model.
    """

    def __init__(self, model: Path) -> None:
        from mediapipe.tasks.python import BaseOptions, vision

        options = vision.FaceLandmarkerOptions(
            base_options=BaseOptions(model_asset_path=str(model)),
            running_mode=vision.RunningMode.VIDEO,
            output_face_blendshapes=True,
            num_faces=1,
        )
        self._stamp_ms = 0
        self._last_t = -np.inf
        self._light: Light | None = None
        self._light_t = -np.inf
        self._in_use = threading.Lock()
        with native_stderr():
            try:
                self._native: Any = vision.FaceLandmarker.create_from_options(options)
            except (OSError, RuntimeError, ValueError) as error:
                reason = str(error).splitlines()[0] if str(error) else type(error).__name__
                raise ModelError(
                    f"{model}: not a usable landmarker model ({reason}); delete the file and start again"
                ) from error
            self._infer(np.zeros(WARM_UP_SIZE, np.uint8), self._stamp_ms)

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
            self._light, self._light_t = None, -np.inf
        self._last_t = frame.t
        self._stamp_ms += STEP_MS
        face = self._infer(image, self._stamp_ms)
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
        )

    def _infer(self, image: Image, ms: int) -> tuple[Points, NDArray[np.float64]] | None:
        """Return landmarks (478, 3) and blendshapes (52,) of the face in the picture, None without one.

        This is `FaceLandmarker.detect_for_video` of the pinned MediaPipe without its last step, which
        makes 530 Python objects of the result, only for us to make arrays of them again: 1 ms a frame.
        """
        import cv2
        import mediapipe as mp
        from mediapipe.tasks.python.vision.face_landmarker import FaceLandmarkerResultC

        rgb = mp.Image(image_format=mp.ImageFormat.SRGB, data=cv2.cvtColor(image, cv2.COLOR_BGR2RGB))
        found = FaceLandmarkerResultC()
        library, handle, picture = self._native._lib, self._native._handle, rgb._image_ptr  # noqa: SLF001
        library.MpFaceLandmarkerDetectForVideo(handle, picture, None, ms, ctypes.byref(found))
        try:
            if not found.face_landmarks_count:
                return None
            face, shape = found.face_landmarks[0], found.face_blendshapes[0]
            points = _floats(face.landmarks, face.landmarks_count, "x", width=3)
            return points, _floats(shape.categories, shape.categories_count, "score", width=1)[:, 0]
        finally:
            library.MpFaceLandmarkerCloseResult(ctypes.byref(found))

    def _light_at(self, t: float, image: Image, landmarks: Points) -> Light | None:
        """Return the light on the face, measured again every `LIGHT_EVERY_S`."""
        if t - self._light_t >= LIGHT_EVERY_S:
            self._light = light(image, landmarks)
            self._light_t = t
        return self._light


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
