"""Recognises an mp4 by its first bytes."""

HEAD_BYTES = 12
_BOX_TYPE = slice(4, 8)
_SMALLEST_FTYP = 16
"""Size, type, major brand and version (ISO/IEC 14496-12, File Type Box)."""


def looks_like_mp4(head: bytes) -> bool:
    """Return whether a file that begins so is an ISO base media file.

    An error page, an image or an empty answer is not. Whether every frame can be
    decoded is the player's business.
    """
    if len(head) < HEAD_BYTES or head[_BOX_TYPE] != b"ftyp":
        return False
    size = int.from_bytes(head[:4], "big")
    return size >= _SMALLEST_FTYP
