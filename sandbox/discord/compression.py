"""How the gateway's frames are packed, as the client's address asks for it.

Source: Discord docs, "Gateway": Encoding and Compression. A client that asks for
nothing is sent text; one that asks for transport compression is sent one stream in
binary frames, each of which can be unpacked as soon as it is there.
"""

import zlib
from collections.abc import Callable
from typing import TypeAlias

Packer: TypeAlias = Callable[[str], str | bytes]
"""Packs the frames of one connection, which are one stream."""

_ZSTD_HEADER = b"\x28\xb5\x2f\xfd\x00\x38"
"""Magic number, no flags, a window of 128 KiB (RFC 8878, section 3.1.1)."""
_ZSTD_BLOCK_BYTES = 128 * 1024


def packer(asked: str | None) -> Packer | None:
    """Return what packs a connection's frames; None if there is no such way."""
    match asked:
        case None:
            return _plain
        case "zlib-stream":
            return _zlib_stream()
        case "zstd-stream":
            return _zstd_stream()
        case _:
            return None


def _plain(text: str) -> str:
    return text


def _zlib_stream() -> Packer:
    stream = zlib.compressobj()

    def pack(text: str) -> bytes:
        return stream.compress(text.encode()) + stream.flush(zlib.Z_SYNC_FLUSH)

    return pack


def _zstd_stream() -> Packer:
    """Store frames in blocks that are not smaller, which every decoder reads.

    The standard library cannot compress like that before Python 3.14, and what a
    client has to be able to do is the same.
    """
    opening = _ZSTD_HEADER

    def pack(text: str) -> bytes:
        nonlocal opening
        data = text.encode()
        parts = [opening]
        opening = b""
        for at in range(0, len(data), _ZSTD_BLOCK_BYTES):
            block = data[at : at + _ZSTD_BLOCK_BYTES]
            # Not the last block, and stored as it is: bits 0 to 2 are zero.
            parts += [(len(block) << 3).to_bytes(3, "little"), block]
        return b"".join(parts)

    return pack
