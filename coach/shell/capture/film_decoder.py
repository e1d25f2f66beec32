"""A film's pictures as a player shows them: deinterlaced, with square pixels, upright."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from coach.errors import SourceError
from coach.shell.system.regular_file import require_regular_file
from coach.types import Image

# Demuxers for containers that hold their pictures themselves. Playlists (HLS, DASH, concat) are not among
# them: those make the reader open other files.
CONTAINERS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,mpegvideo,dv,asf,flv,live_flv,ogg,mxf,nut,rm,wtv,"
    "h264,hevc,m4v,ivf,gif,yuv4mpegpipe"
)
PLAYLISTS = (b"#EXTM3U", b"ffconcat", b"<?xml", b"<MPD")
PICTURES = (b"\x89PNG", b"\xff\xd8\xff")
MOST_PIXELS = 8192 * 8192  # of one picture: a cinema camera's fits, a decompression bomb does not
USUAL_RATES = (1.0, 1000.0)  # frames a second; others are a container's mistake
MOST_STRETCH = 4.0  # width to height of one pixel; beyond it the file is wrong about it


@dataclass(frozen=True, slots=True, eq=False)
class Decoded:
    """One frame, not yet converted. `stamp`: seconds, NaN where the container gives none."""

    stamp: float
    native: Any


class FilmDecoder:
    """Decodes one film in order, by PyAV's own FFmpeg, on the processor.

    Parameters
    ----------
    path
        The file.
    turn
        Quarter turns counterclockwise that the pictures still need, beyond what the container says.

    Attributes
    ----------
    rate : float
        Frames a second as the container has it; 0 if it names none that can be.
    duration_s : float
        As the container has it; 0 if it names none.

    Raises
    ------
    SourceError
        The file is missing, no regular file, empty, a playlist, or no video.
    """

    def __init__(self, path: Path, turn: int = 0) -> None:
        self.path = path
        self.turn = turn
        require_regular_file(path)
        import av

        self._av = av
        self._container = _opened(path)
        self._stream = self._container.streams.best("video")
        if self._stream is None or self._stream.codec_context is None or _is_cover(self._stream):
            sound = self._container.streams.best("audio") is not None
            self._container.close()
            raise SourceError(f"{path}: holds sound alone; give the film itself" if sound else _no_film(path))
        self._stream.thread_type = "AUTO"
        self._stream.codec_context.options = {"max_pixels": str(MOST_PIXELS)}
        self.rate = _rate(self._stream)
        self.duration_s = self._duration_s()
        self._pixel = _pixel_shape(self._stream.sample_aspect_ratio)
        self._deinterlacer: Any = None
        # One for the whole film: a frame's own would be set up again for each, which costs as much again.
        self._converter = av.video.reformatter.VideoReformatter()
        self._frames = self._decode()

    def next(self) -> Decoded | None:
        """Decode the next frame; None at the end, or where nothing more can be read."""
        return next(self._frames, None)

    def picture(self, decoded: Decoded) -> Image:
        """Return a frame as (H, W, 3) uint8 BGR: square pixels, turned upright."""
        frame = decoded.native
        width, height = frame.width, frame.height
        if self._pixel > 1:
            width = round(width * self._pixel)
        elif self._pixel < 1:
            height = round(height / self._pixel)
        # Bicubic, as OpenCV's own reader converts: the same pixels bit for bit.
        converted = self._converter.reformat(frame, width, height, "bgr24", interpolation="BICUBIC")
        image = converted.to_ndarray()
        turns = (round(frame.rotation / 90) + self.turn) % 4
        return np.ascontiguousarray(np.rot90(image, turns) if turns else image, dtype=np.uint8)

    def seek(self, seconds: float) -> None:
        """Go on from the last key frame at or before a moment, in the container's own time."""
        base = self._stream.time_base
        self._container.seek(round(seconds / base), stream=self._stream)
        self._deinterlacer = None
        self._frames = self._decode()

    def close(self) -> None:
        """Let the file go; safe to call twice."""
        self._frames = iter(())
        self._container.close()

    def _decode(self) -> Iterator[Decoded]:
        """Yield frames until nothing more can be read; damaged parts in between are left out."""
        packets = self._container.demux(self._stream)
        while True:
            try:
                packet = next(packets, None)
            except (self._av.FFmpegError, ValueError):
                packet = None
            if packet is None:
                break
            try:
                frames = packet.decode()
            except (self._av.FFmpegError, ValueError):
                continue
            for frame in frames:
                yield from self._progressive(frame)
        yield from self._progressive(None)

    def _progressive(self, frame: Any) -> Iterator[Decoded]:
        """Yield the frame, deinterlaced from the first interlaced one on; None yields what is still owed."""
        if self._deinterlacer is None:
            if frame is None:
                return
            if not frame.interlaced_frame:
                yield _decoded(frame)
                return
        try:
            if frame is not None:
                self._deinterlacer = self._deinterlacer or self._graph(frame)
            self._deinterlacer.vpush(frame)
            while True:
                yield _decoded(self._deinterlacer.vpull())
        except (self._av.BlockingIOError, self._av.EOFError):  # it wants more, or has no more
            return
        except (self._av.FFmpegError, ValueError):  # a frame of another size: begin with the next one
            self._deinterlacer = None

    def _graph(self, frame: Any) -> Any:
        """Return a deinterlacer for frames like this one; it gives one picture for each frame."""
        from av.filter import Graph

        graph = Graph()
        source = graph.add_buffer(
            width=frame.width, height=frame.height, format=frame.format, time_base=self._stream.time_base
        )
        graph.link_nodes(source, graph.add("bwdif", "send_frame:auto:interlaced"), graph.add("buffersink"))
        graph.configure()
        return graph

    def _duration_s(self) -> float:
        stream, whole = self._stream, self._container.duration
        counted = float(stream.frames / self.rate) if self.rate else 0.0
        lasting = float(stream.duration * stream.time_base) if stream.duration else 0.0
        if (
            lasting and "mp4" in self._container.format.name
        ):  # trimmed without loss, it holds more than it shows
            return lasting
        if max(counted, lasting) > 0:  # one that is cut off may have one of the two as it was meant to be
            return max(counted, lasting)
        return max(whole / self._av.time_base, 0.0) if whole else 0.0


def _opened(path: Path) -> Any:
    """Open a container for reading, and nothing but it.

    Raises
    ------
    SourceError
        It is not a container that is known.
    """
    import av

    av.logging.set_libav_level(av.logging.PANIC)  # its words are no news to the person
    options = {"protocol_whitelist": "file", "format_whitelist": CONTAINERS, "max_pixels": str(MOST_PIXELS)}
    try:
        return av.open(f"file:{path}", options=options, metadata_errors="replace")
    except (av.FFmpegError, ValueError) as error:
        raise SourceError(_no_film(path)) from error


def _decoded(frame: Any) -> Decoded:
    return Decoded(math.nan if frame.time is None else float(frame.time), frame)


def _is_cover(stream: Any) -> bool:
    """Whether the pictures are the one that a player shows beside music."""
    from av.stream import Disposition

    return Disposition.attached_pic in stream.disposition


def _rate(stream: Any) -> float:
    """Return the first rate that can be: the one guessed from the frames, else the average."""
    lowest, highest = USUAL_RATES
    for named in (stream.guessed_rate, stream.average_rate):
        if named and lowest <= named <= highest:
            return float(named)
    return 0.0


def _pixel_shape(ratio: Fraction | None) -> float:
    """Return the width of a pixel over its height; 1 where the file says nothing that can be."""
    shape = float(ratio) if ratio else 1.0
    return shape if 1 / MOST_STRETCH <= shape <= MOST_STRETCH else 1.0


def _no_film(path: Path) -> str:
    try:
        with path.open("rb") as file:
            head = file.read(16)
    except OSError:
        head = b""
    if head.startswith(PLAYLISTS):
        return f"{path}: is a playlist, not a film; name the film itself"
    if head.startswith(PICTURES):
        return f"{path}: is a picture, not a film; 'smile-coach score' reads pictures"
    return f"{path}: not a video, or incomplete; check that it plays, or record it again"
