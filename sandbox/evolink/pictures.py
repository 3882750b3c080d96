"""What EvoLink finds at the addresses of pictures when it looks at them."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO

from PIL import Image

from sandbox.evolink.files import StoredFile
from sandbox.evolink.orders import Order
from sandbox.evolink.rules import PictureRules


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureFault:
    """Why a task ends in a failure: its code and the words that go with it."""

    code: str
    message: str


class Pictures:
    """Reads pictures from the host of files, and from nowhere else.

    That is where a real one would differ: it reads any public address. None of those
    is on loopback, and a link of Discord's would be answered with 403 by then.
    """

    def __init__(self, at_address: Callable[[str], StoredFile | None]) -> None:
        self._at_address = at_address

    async def of(self, order: Order) -> tuple[StoredFile, ...] | PictureFault:
        """Return an order's pictures, or what is wrong with one of them."""
        found = []
        for url in order.pictures:
            stored = self._at_address(url)
            if stored is None:
                words = "Image could not be read.\nThe URL could not be fetched."
                return PictureFault(code="image_processing_error", message=words)
            fault = await asyncio.to_thread(_fault, stored, order)
            if fault is not None:
                return fault
            found.append(stored)
        return tuple(found)


def _fault(stored: StoredFile, order: Order) -> PictureFault | None:
    rules = order.rules.pictures or PictureRules()
    if stored.mime_type not in rules.kinds:
        words = f"Image could not be read.\nUnsupported format: {stored.mime_type}"
        return PictureFault(code="image_processing_error", message=words)
    if rules.max_bytes is not None and len(stored.data) > rules.max_bytes:
        words = f"Invalid parameters:\nfile too large: {len(stored.data)} bytes"
        return PictureFault(code="invalid_parameters", message=words)
    try:
        with Image.open(BytesIO(stored.data)) as image:
            size = image.size
            image.load()
    except (OSError, SyntaxError, ValueError):
        words = "Image could not be read.\nThe file is damaged."
        return PictureFault(code="image_processing_error", message=words)
    return _size_fault(size, order.aspect_ratio, rules)


def _size_fault(
    size: tuple[int, int], aspect_ratio: str, rules: PictureRules
) -> PictureFault | None:
    said = f"{size[0]}x{size[1]}"
    if rules.most_ratio is not None and max(size) > rules.most_ratio * min(size):
        words = f"Invalid parameters:\nimage aspect ratio of {said}"
        return PictureFault(code="invalid_parameters", message=words)
    least, most = rules.sides_px or (0, max(size))
    if min(size) < least or max(size) > most:
        words = f"Invalid parameters:\nimage size {said}"
        return PictureFault(code="invalid_parameters", message=words)
    wanted = rules.exact_sizes.get(aspect_ratio)
    if wanted is not None and size != wanted:
        words = f"Image size does not match.\nExpected {wanted[0]}x{wanted[1]}"
        return PictureFault(code="image_dimension_mismatch", message=words)
    return None
