"""How large a picture is, from its first bytes."""

import io
import warnings

from PIL import Image

_READ_BY_DISCORD = ("PNG", "JPEG", "GIF", "WEBP")


def picture_size(data: bytes) -> tuple[int, int] | None:
    """Return width and height in pixels; None for what is no such picture."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=_READ_BY_DISCORD) as picture:
                return picture.size
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
