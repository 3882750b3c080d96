"""The boxes that an mp4 is made of, to be put together well or badly."""

import struct


def box(kind: bytes, *content: bytes) -> bytes:
    inside = b"".join(content)
    return struct.pack(">I4s", 8 + len(inside), kind) + inside


def long_box(kind: bytes, *content: bytes) -> bytes:
    """The same with a length of 64 bits."""
    inside = b"".join(content)
    return struct.pack(">I4sQ", 1, kind, 16 + len(inside)) + inside


def open_box(kind: bytes, *content: bytes) -> bytes:
    """The same with a length of 0: to the end of the file."""
    return struct.pack(">I4s", 0, kind) + b"".join(content)


def track(handler: bytes) -> bytes:
    described = struct.pack(">II4s12x", 0, 0, handler) + b"a name\0"
    return box(
        b"trak",
        box(b"tkhd", bytes(84)),
        box(b"mdia", box(b"mdhd", bytes(24)), box(b"hdlr", described)),
    )


def moov(*tracks: bytes) -> bytes:
    return box(b"moov", box(b"mvhd", bytes(100)), *tracks)


FTYP = box(b"ftyp", b"isom\0\0\2\0isomiso2avc1mp41")
MOOV = moov(track(b"soun"), track(b"vide"))
MDAT = box(b"mdat", b"frames" * 100)
MOOF = box(b"moof", box(b"mfhd", bytes(8)))
