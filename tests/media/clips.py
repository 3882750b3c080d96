"""Clips made for a test, with PyAV, and what is in one."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import av.audio.stream
import numpy as np
from numpy.typing import NDArray
from PIL import Image

FRAMES_PER_S = 12
AUDIO_HZ = 48_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A clip as a player sees it."""

    size_px: tuple[int, int]
    codecs: tuple[str, ...]
    duration_s: float
    frames: int
    index_first: bool
    """Whether it can be played before all of it is there."""


def make_clip(
    path: Path,
    *,
    size_px: tuple[int, int] = (320, 180),
    duration_s: int = 2,
    bits_per_s: int | None = None,
    sound: bool = True,
    frames_per_s: int = FRAMES_PER_S,
) -> Path:
    """Write a clip of moving stripes, in which each frame differs from the next.

    With `bits_per_s` the file is as large as that says, whatever is in it.
    """
    options = {"preset": "ultrafast"}
    if bits_per_s is not None:
        rate = str(bits_per_s)
        options |= {"b": rate, "minrate": rate, "maxrate": rate, "bufsize": rate}
        options["x264-params"] = "nal-hrd=cbr:filler=1"
    with av.open(str(path), "w", format="mp4") as container:
        video = container.add_stream("libx264", rate=frames_per_s, options=options)
        video.width, video.height = size_px
        video.pix_fmt = "yuv420p"
        audio = container.add_stream("aac", rate=AUDIO_HZ) if sound else None
        for number in range(duration_s * frames_per_s):
            frame = av.VideoFrame.from_ndarray(picture(size_px, number), format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, frames_per_s)
            container.mux(video.encode(frame))
            if audio is not None and number % frames_per_s == 0:
                container.mux(audio.encode(_tone(number // frames_per_s)))
        container.mux(video.encode())
        if audio is not None:
            container.mux(audio.encode())
    return path


def make_sound(path: Path) -> Path:
    """Write an mp4 of a second with sound alone."""
    with av.open(str(path), "w", format="mp4") as container:
        audio = container.add_stream("aac", rate=AUDIO_HZ)
        container.mux(audio.encode(_tone(0)))
        container.mux(audio.encode())
    return path


def picture(size_px: tuple[int, int], number: int) -> NDArray[np.uint8]:
    """Return the frame of that number, in RGB."""
    width, height = size_px
    rgb = np.empty((height, width, 3), dtype=np.uint8)
    rgb[..., 0] = (np.arange(width) + 4 * number) // 16 % 2 * 120 + 60
    rgb[..., 1] = (np.arange(height) * 180 // height)[:, np.newaxis]
    rgb[..., 2] = number * 5 % 200
    return rgb


def look_at(path: Path) -> Seen:
    """Decode a clip to its end, every track."""
    head = path.read_bytes()
    with av.open(str(path)) as container:
        video = container.streams.video[0]
        frames = sum(
            isinstance(one, av.VideoFrame)
            for one in container.decode(*container.streams)
        )
        return Seen(
            size_px=(video.width, video.height),
            codecs=tuple(one.codec_context.name for one in container.streams),
            duration_s=(container.duration or 0) / av.time_base,
            frames=frames,
            index_first=0 < head.find(b"moov") < head.find(b"mdat"),
        )


def frames_of(path: Path) -> list[Image.Image]:
    """Return all frames of a clip as pictures."""
    with av.open(str(path)) as container:
        return [
            Image.fromarray(one.to_ndarray(format="rgb24"))
            for one in container.decode(video=0)
        ]


def difference(one: Image.Image, other: Image.Image) -> float:
    """Return how far two pictures of one size are apart: 0 to 255, on average."""
    a, b = (np.asarray(each.convert("RGB"), dtype=float) for each in (one, other))
    return float(np.abs(a - b).mean())


def _tone(second: int) -> av.AudioFrame:
    times = np.arange(AUDIO_HZ) / AUDIO_HZ
    wave = (0.3 * np.sin(2 * np.pi * 440 * times)).astype(np.float32)
    frame = av.AudioFrame.from_ndarray(
        np.stack([wave, wave]), format="fltp", layout="stereo"
    )
    frame.sample_rate, frame.time_base = AUDIO_HZ, Fraction(1, AUDIO_HZ)
    frame.pts = second * AUDIO_HZ
    return frame
