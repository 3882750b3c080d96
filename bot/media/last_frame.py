"""The last frame of a clip, as a picture. For the child process alone."""

from collections.abc import Iterator
from pathlib import Path

import av
import av.container
import av.error
import av.video.stream
from PIL import Image

from bot.media.reading import NoVideo, opened, video_of

NEAR_END_S = 3.0
"""Most clips need only be decoded from the key frame before that."""
_QUALITY = 95
_UPRIGHT = {
    90: Image.Transpose.ROTATE_90,
    180: Image.Transpose.ROTATE_180,
    270: Image.Transpose.ROTATE_270,
}
"""By the counterclockwise turn, in degrees, with which a frame is to be shown."""


def write_last_frame(clip: Path, into: Path) -> None:
    """Write the last frame that can be decoded as a JPEG, turned upright.

    Raises:
        NoVideo: If there is none.
        av.error.FFmpegError: If the file cannot be read.
    """
    with opened(clip) as container:
        stream = video_of(container)
        frame = _last(container, stream, near_end=True)
        if frame is None:
            frame = _last(container, stream, near_end=False)
    if frame is None:
        raise NoVideo
    picture: Image.Image = frame.to_image()  # type: ignore[no-untyped-call]
    turn = _UPRIGHT.get(round(frame.rotation) % 360)
    if turn is not None:
        picture = picture.transpose(turn)
    picture.save(into, "JPEG", quality=_QUALITY, subsampling=0)


def _last(
    container: av.container.InputContainer,
    stream: av.video.stream.VideoStream,
    *,
    near_end: bool,
) -> av.VideoFrame | None:
    duration_s = (container.duration or 0) / av.time_base
    from_s = max(0.0, duration_s - NEAR_END_S) if near_end else 0.0
    container.seek(round(from_s * av.time_base))
    last: av.VideoFrame | None = None
    for frame in _frames(container, stream):
        # In the order in which they are shown, but for a stream that is damaged.
        if last is None or (frame.pts or 0) >= (last.pts or 0):
            last = frame
    return last


def _frames(
    container: av.container.InputContainer, stream: av.video.stream.VideoStream
) -> Iterator[av.VideoFrame]:
    """Yield what can be decoded; a damaged packet costs its own frames only."""
    for packet in container.demux(stream):
        try:
            yield from packet.decode()
        except av.error.InvalidDataError:
            continue
