"""Opens clips with PyAV. For the child process alone."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import av
import av.container
import av.video.stream

THREADS = 2
"""Each takes memory of its own for frames, whatever the machine has of processors."""


class NoVideo(Exception):
    """A file without a track of pictures.

    It never leaves the child process, and so is none of `bot.errors`.
    """


@contextmanager
def opened(clip: Path) -> Generator[av.container.InputContainer]:
    """Open an mp4 as nothing else, which refers to nothing outside of itself.

    Raises:
        av.error.FFmpegError: If it cannot be read.
    """
    only = {"protocol_whitelist": "file"}
    with av.open(str(clip), format="mp4", options=only) as container:
        yield container


def video_of(container: av.container.InputContainer) -> av.video.stream.VideoStream:
    """Return the track that plays.

    Raises:
        NoVideo: If there is none.
    """
    if not container.streams.video:
        raise NoVideo
    stream = container.streams.video[0]
    stream.codec_context.thread_count = THREADS
    return stream
