"""The bodies of downloads: the clip, or one of many faulty ones.

Bytes and headers only; sending them, and stopping, is the results host's business.
"""

import struct
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from sandbox.evolink.life import Serving, ServingKind

_CHUNK = bytes(64 * 1024)
_SLICES = 20
"""The number of pieces of a slow download."""
_ENDLESS_BYTES = 2**40
"""Where the endless stream ends if the client never hangs up."""
_BOX_BYTES = 16
"""A box's header with a length of 64 bits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """One answer to a download."""

    pieces: Iterable[bytes] = ()
    headers: Mapping[str, str] = field(
        default_factory=lambda: {"Content-Type": "video/mp4"}
    )
    """Content-Length is among them where it is promised."""
    status: int = 200
    pause_s: float = 0.0
    """Real seconds after each piece."""
    hold_s: float | None = None
    """Tear the connection down so many real seconds after the last piece."""
    raw_head: bytes | None = None
    """Send this in the place of status and headers, then the pieces, then hang up."""


def body_of(serving: Serving, clip: bytes) -> Body:
    """Return what a download gets."""
    return _BODIES[serving.kind](serving, clip)


def padded(clip: bytes, size_bytes: int) -> Iterator[bytes]:
    """Yield a playable mp4 of `size_bytes`: the clip, then a box of nothing.

    It is never shorter than the clip and the box's header.
    """
    padding = max(0, size_bytes - len(clip) - _BOX_BYTES)
    yield clip + struct.pack(">I4sQ", 1, b"free", _BOX_BYTES + padding)
    whole, rest = divmod(padding, len(_CHUNK))
    for _ in range(whole):
        yield _CHUNK
    yield _CHUNK[:rest]


def squeezed(clip: bytes, size_bytes: int) -> Iterator[bytes]:
    """Yield the same file gzipped, which makes next to nothing of the padding."""
    gzip = zlib.compressobj(level=1, wbits=31)
    for piece in padded(clip, size_bytes):
        yield gzip.compress(piece)
    yield gzip.flush()


def _mp4(length_bytes: int | None = None) -> dict[str, str]:
    declared = {} if length_bytes is None else {"Content-Length": str(length_bytes)}
    return {"Content-Type": "video/mp4", **declared}


def _clip(_serving: Serving, clip: bytes) -> Body:
    return Body(pieces=[clip], headers=_mp4(len(clip)))


def _status(serving: Serving, _clip: bytes) -> Body:
    return Body(
        pieces=[b"No."], headers={"Content-Type": "text/plain"}, status=serving.status
    )


def _redirect(serving: Serving, _clip: bytes) -> Body:
    return Body(headers={"Location": serving.location}, status=302)


def _not_mp4(_serving: Serving, _clip: bytes) -> Body:
    page = b"<html><body>Just a moment</body></html>" * 50
    return Body(pieces=[page], headers=_mp4(len(page)))


def _oversize(serving: Serving, clip: bytes) -> Body:
    size = max(serving.size_bytes, len(clip) + _BOX_BYTES)
    headers = _mp4(size if serving.declares_length else None)
    return Body(pieces=padded(clip, size), headers=headers)


def _endless(_serving: Serving, clip: bytes) -> Body:
    return Body(pieces=padded(clip, _ENDLESS_BYTES))


def _gzip_bomb(serving: Serving, clip: bytes) -> Body:
    headers = _mp4() | {"Content-Encoding": "gzip"}
    return Body(pieces=squeezed(clip, serving.size_bytes), headers=headers)


def _slow(serving: Serving, clip: bytes) -> Body:
    size = -(-len(clip) // _SLICES)
    return Body(
        pieces=[clip[at : at + size] for at in range(0, len(clip), size)],
        headers=_mp4(len(clip)),
        pause_s=serving.seconds / _SLICES,
    )


def _stall(serving: Serving, clip: bytes) -> Body:
    half = clip[: len(clip) // 2]
    return Body(pieces=[half], headers=_mp4(len(clip)), hold_s=serving.seconds)


def _reset(_serving: Serving, clip: bytes) -> Body:
    half = clip[: len(clip) // 2]
    return Body(pieces=[half], headers=_mp4(len(clip)), hold_s=0.0)


def _wrong_length(_serving: Serving, clip: bytes) -> Body:
    return Body(pieces=[clip], headers=_mp4(len(clip) + 4096))


_NO_LENGTH = b"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\n"


def _half(_serving: Serving, clip: bytes) -> Body:
    # No length, no chunks: that it is only half can be seen from the file alone.
    half = clip[: len(clip) // 2]
    return Body(pieces=[half], raw_head=_NO_LENGTH + b"Connection: close\r\n\r\n")


def _broken_chunk(_serving: Serving, clip: bytes) -> Body:
    chunk = b"%x\r\n%b\r\n" % (len(clip) // 2, clip[: len(clip) // 2])
    head = _NO_LENGTH + b"Transfer-Encoding: chunked\r\n\r\n"
    return Body(pieces=[chunk, b"zz\r\n" + clip], raw_head=head)


def _no_http(_serving: Serving, clip: bytes) -> Body:
    return Body(pieces=[clip], raw_head=b"HTTP/1.1 2x0 Never Mind\r\n\r\n")


def _picture(_serving: Serving, clip: bytes) -> Body:
    frame = clip[-4096:]
    boxes = [
        (b"ftyp", b"avif\0\0\0\0avifmif1miaf"),
        (b"meta", bytes(4) + struct.pack(">I4s8s4s13x", 33, b"hdlr", b"", b"pict")),
        (b"mdat", frame),
    ]
    file = b"".join(
        struct.pack(">I4s", len(content) + 8, kind) + content for kind, content in boxes
    )
    return Body(pieces=[file], headers=_mp4(len(file)))


def _ftyp(_serving: Serving, clip: bytes) -> Body:
    return Body(pieces=[clip[:32]], headers=_mp4(32))


def _coding(serving: Serving, clip: bytes) -> Body:
    wbits = {"gzip": 31, "deflate": 15}.get(serving.coding)
    if wbits is not None:
        packer = zlib.compressobj(wbits=wbits)
        clip = packer.compress(clip) + packer.flush()
    headers = _mp4(len(clip)) | {"Content-Encoding": serving.coding}
    return Body(pieces=[clip], headers=headers)


def _partial(_serving: Serving, clip: bytes) -> Body:
    headers = {"Content-Range": f"bytes 0-{len(clip) - 1}/{len(clip)}"}
    return Body(pieces=[clip], headers=_mp4(len(clip)) | headers, status=206)


def _part(_serving: Serving, clip: bytes) -> Body:
    half = clip[: len(clip) // 2]
    headers = {"Content-Range": f"bytes 0-{len(half) - 1}/{len(clip)}"}
    return Body(pieces=[half], headers=_mp4(len(half)) | headers, status=206)


def _header(serving: Serving, clip: bytes) -> Body:
    headers = {"X-Policy": "p" * serving.size_bytes}
    return Body(pieces=[clip], headers=_mp4(len(clip)) | headers)


_BODIES: Mapping[ServingKind, Callable[[Serving, bytes], Body]] = {
    "clip": _clip,
    "status": _status,
    "redirect": _redirect,
    "not-mp4": _not_mp4,
    "oversize": _oversize,
    "endless": _endless,
    "gzip-bomb": _gzip_bomb,
    "slow": _slow,
    "stall": _stall,
    "reset": _reset,
    "wrong-length": _wrong_length,
    "half": _half,
    "picture": _picture,
    "ftyp": _ftyp,
    "coding": _coding,
    "partial": _partial,
    "part": _part,
    "signed": _clip,
    "header": _header,
    "no-http": _no_http,
    "broken-chunk": _broken_chunk,
}
