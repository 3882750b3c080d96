"""A large WebP as a smaller PNG. For the child process alone."""

from pathlib import Path

import av
import av.codec.context
import av.video.codeccontext
from PIL import Image

from bot.media.reading import NoVideo
from bot.pictures.prepare import MOST_MEGAPIXELS, orientation, reduced_size, upright

_MOST_PIXELS = MOST_MEGAPIXELS * 1_000_000 + 64 * 16_384
"""FFmpeg counts rows in multiples of 64 pixels; a WebP has fewer than 16,384 rows."""


def write_reduced(picture: Path, into: Path) -> None:
    """Write a WebP as a PNG, upright and not much larger than what is sent.

    FFmpeg decodes it in a fraction of the memory that Pillow takes. It does not know
    those that move.

    Raises:
        NoVideo: If there is no picture in it.
        av.error.FFmpegError: If it cannot be read, or has too many pixels.
    """
    decoder = av.codec.context.CodecContext.create("webp", "r")
    assert isinstance(decoder, av.video.codeccontext.VideoCodecContext)
    # What the header of the file says may be true of none of its parts.
    decoder.options = {"max_pixels": str(_MOST_PIXELS)}
    decoder.thread_count = 1
    frames = decoder.decode(av.Packet(picture.read_bytes()))
    if not frames:
        raise NoVideo
    frame = frames[0]
    width, height = reduced_size(frame.width, frame.height)
    small = frame.reformat(width, height, format="rgba", interpolation="AREA")
    plane = small.planes[0]
    image = Image.frombytes(
        "RGBA", (width, height), bytes(plane), "raw", "RGBA", plane.line_size, 1
    )
    with Image.open(picture, formats=["WEBP"]) as header:
        image = upright(image, orientation(header))
    image.save(into, "PNG", compress_level=1)
