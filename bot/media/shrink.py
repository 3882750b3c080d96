"""Encodes a clip again so that it fits so many bytes. For the child process alone."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import av
import av.audio.stream
import av.container
import av.video.stream

from bot.media.reading import THREADS, opened, video_of

_FOR_FRAMES = 0.97
"""Of the bytes allowed; the rest is for the file's index."""
_TRIES = 3
_NEXT_TRY = 0.8
"""Which part of its budget the next try has, where one has become too large."""
_BUFFER_S = 1.0
"""The bit rate is kept on average over so long a time."""
_FINEST = 20
"""x264's constant rate factor: nobody sees what a finer one adds."""
_AUDIO_BITS_PER_S = 96_000
_AUDIO_HZ = 48_000
_SIDES_PX = (2160, 1440, 1080, 720, 540, 480, 360)
"""To which the shorter side of a picture is reduced."""
_LEAST_BITS_PER_S = 300_000
"""With fewer a picture of the last of these sizes looks bad; larger ones need more."""
_FAST = 40
"""Above so many frames a second, half as much again is needed."""
_COLOUR = ("color_range", "color_primaries", "color_trc", "colorspace")


class WouldLookBad(Exception):
    """So few bytes are too few for a clip of that length.

    It never leaves the child process, and so is none of `bot.errors`.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How a clip is encoded."""

    shorter_side_px: int
    video_bits_per_s: int


def plan_for(
    max_bytes: int,
    *,
    duration_s: float,
    shorter_side_px: int,
    frames_per_s: float,
    has_sound: bool,
) -> Plan:
    """Return the largest picture that still looks well in so many bytes.

    Raises:
        WouldLookBad: If none does.
    """
    bits_per_s = max_bytes * 8 * _FOR_FRAMES / (duration_s + _BUFFER_S)
    video = round(bits_per_s - (_AUDIO_BITS_PER_S if has_sound else 0))
    least = _LEAST_BITS_PER_S * (1.5 if frames_per_s > _FAST else 1.0)
    if video < least:
        raise WouldLookBad
    largest_px = _SIDES_PX[-1] * math.sqrt(video / least)
    if shorter_side_px > largest_px:
        shorter_side_px = next(one for one in _SIDES_PX if one <= largest_px)
    return Plan(shorter_side_px=shorter_side_px, video_bits_per_s=video)


def shrink(clip: Path, into: Path, max_bytes: int) -> None:
    """Write a clip as H.264 and AAC in at most `max_bytes`, its index first.

    Raises:
        WouldLookBad: If they are too few.
        NoVideo: If it has no pictures.
        av.error.FFmpegError: If the clip cannot be read, or the file not be written.
    """
    budget = max_bytes
    for _ in range(_TRIES):
        with opened(clip) as source:
            video = video_of(source)
            plan = plan_for(
                budget,
                duration_s=(source.duration or 0) / av.time_base,
                shorter_side_px=min(video.width, video.height),
                frames_per_s=float(video.average_rate or 0),
                has_sound=bool(source.streams.audio),
            )
            if _encode(source, video, into, plan, max_bytes):
                return
        budget = round(budget * _NEXT_TRY)
    raise WouldLookBad


def _encode(
    source: av.container.InputContainer,
    video: av.video.stream.VideoStream,
    into: Path,
    plan: Plan,
    max_bytes: int,
) -> bool:
    """Write one try; return whether it has at most `max_bytes`."""
    first = {"movflags": "+faststart"}
    with av.open(str(into), "w", format="mp4", options=first) as target:
        encoding = _Encoding(target, video, plan, sounds=source.streams.audio[:1])
        for frame in source.decode(video, *source.streams.audio[:1]):
            encoding.add(frame)
            if encoding.size_bytes > max_bytes:
                return False
        encoding.end()
    return into.stat().st_size <= max_bytes


class _Encoding:
    """A file that frames are added to."""

    def __init__(
        self,
        target: av.container.OutputContainer,
        video: av.video.stream.VideoStream,
        plan: Plan,
        *,
        sounds: Sequence[av.audio.stream.AudioStream],
    ) -> None:
        self._target = target
        self._video = _add_video(target, video, plan)
        self._audio = _add_audio(target) if sounds else None
        self.size_bytes = 0

    def add(self, frame: object) -> None:
        if isinstance(frame, av.VideoFrame):
            stream = self._video
            picture = frame.reformat(stream.width, stream.height, "yuv420p")
            self._write(stream.encode(picture))
        elif isinstance(frame, av.AudioFrame) and self._audio is not None:
            self._write(self._audio.encode(frame))

    def end(self) -> None:
        self._write(self._video.encode())
        if self._audio is not None:
            self._write(self._audio.encode())

    def _write(self, packets: Iterable[av.Packet]) -> None:  # type: ignore[type-arg]
        for packet in packets:
            self.size_bytes += packet.size
            self._target.mux(packet)


def _add_video(
    target: av.container.OutputContainer,
    video: av.video.stream.VideoStream,
    plan: Plan,
) -> av.video.stream.VideoStream:
    options = {
        "crf": str(_FINEST),
        "maxrate": str(plan.video_bits_per_s),
        "bufsize": str(round(plan.video_bits_per_s * _BUFFER_S)),
        "preset": "veryfast",
        "threads": str(THREADS),
    }
    stream = target.add_stream(
        "libx264", rate=video.average_rate or 30, options=options
    )
    by = plan.shorter_side_px / min(video.width, video.height)
    stream.width, stream.height = _even(video.width * by), _even(video.height * by)
    stream.pix_fmt = "yuv420p"
    if video.time_base is not None:
        stream.codec_context.time_base = video.time_base
    if video.sample_aspect_ratio is not None:
        stream.codec_context.sample_aspect_ratio = video.sample_aspect_ratio
    for name in _COLOUR:
        setattr(stream.codec_context, name, getattr(video.codec_context, name))
    return stream


def _add_audio(
    target: av.container.OutputContainer,
) -> av.audio.stream.AudioStream:
    stream = target.add_stream("aac", rate=_AUDIO_HZ)
    stream.codec_context.layout = "stereo"
    stream.codec_context.bit_rate = _AUDIO_BITS_PER_S
    return stream


def _even(pixels: float) -> int:
    """Return the nearest number of pixels that 4:2:0 can have."""
    return max(2, 2 * round(pixels / 2))
