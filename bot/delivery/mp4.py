"""Checks that a file is a complete mp4 with a video track.

A file is walked box by box (ISO/IEC 14496-12), without a look at the frames: whether
each can be decoded is the player's business. This walk is our own because no parser
fits: PyAV brings all of FFmpeg to bytes from outside, and opens half a file without a
complaint; pymp4, the parser of boxes in use, has had no release since 2023 and reads
whole boxes into memory.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from bot.errors import FetchCutShort, FetchUnusable

HEAD_BYTES = 12
MOST_BOXES = 100_000
"""A day of fragments has fewer. Without a bound a file of empty boxes takes minutes."""
_HEADER = 8
_LONG_HEADER = 16
_SMALLEST_FTYP = 8
"""Major brand and version."""
_HANDLER = slice(8, 12)
"""Of a handler box's content: after its version and a field of zeros or `mhlr`."""
_BEGINNINGS = frozenset(
    {
        *(b"ftyp", b"styp", b"free", b"skip", b"wide", b"uuid", b"pdin"),
        *(b"moov", b"mdat", b"sidx", b"udta", b"pnot"),
    }
)
"""What a file may begin with. An error page, a picture or plain text does not."""
_FRAMES = frozenset({b"mdat", b"imda"})


def begins_like_mp4(head: bytes) -> bool:
    """Return whether a file with these first bytes may be an mp4."""
    return head[4:_HEADER] in _BEGINNINGS


def check_clip(file: BinaryIO) -> None:
    """Return only if a file is a whole mp4 with a video track.

    Raises:
        FetchCutShort: If it is the beginning of something that may be one.
        FetchUnusable: If it is something else.
    """
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    head = file.read(_HEADER)
    if len(head) < _HEADER:
        msg = f"the file ends before it begins ({size} bytes)"
        raise FetchCutShort(msg)
    if not begins_like_mp4(head):
        msg = f"the file is no mp4 ({size} bytes)"
        raise FetchUnusable(msg)
    found = _Contents()
    walk = _Walk(file)
    end = 0
    for box in walk.through(0, size):
        if box.end > size:
            msg = f"the file ends too soon ({size} bytes)"
            raise FetchCutShort(msg)
        end = box.end
        found.add(box, has_video=box.kind == b"moov" and walk.has_video(box))
    file.seek(end)
    # A few files end with a zero where another box could begin.
    if end < size and (any(file.read()) or not found.is_settled):
        msg = f"the file ends too soon ({size} bytes)"
        raise FetchCutShort(msg)
    found.check(size)


@dataclass(frozen=True, slots=True)
class _Box:
    kind: bytes
    begin: int
    """Of its content, in the file."""
    end: int


class _Contents:
    """What the boxes of the outermost level add up to."""

    def __init__(self) -> None:
        self._kinds: set[bytes] = set()
        self._has_video = False
        self._has_frames = False
        self._frames_to_come = False

    def add(self, box: _Box, *, has_video: bool) -> None:
        size = box.end - box.begin
        if box.kind == b"ftyp" and size < _SMALLEST_FTYP:
            return  # it does not say what the file is
        self._kinds.add(box.kind)
        self._has_video |= has_video
        if box.kind == b"moof":
            self._frames_to_come = True
        elif box.kind in _FRAMES and size > 0:
            self._has_frames = True
            self._frames_to_come = False

    @property
    def is_settled(self) -> bool:
        """Whether nothing that matters can follow."""
        return self._has_video and self._has_frames and b"moof" not in self._kinds

    def check(self, size: int) -> None:
        complete = b"moov" in self._kinds and self._has_frames
        begun = b"moov" in self._kinds or self._has_frames
        # A picture (HEIF) has its frames too, and `meta` in the place of `moov`.
        is_picture = b"meta" in self._kinds and b"moov" not in self._kinds
        if begun and not complete and not is_picture:
            msg = f"the file ends between two of its parts ({size} bytes)"
            raise FetchCutShort(msg)
        if b"ftyp" not in self._kinds or not self._has_video or not complete:
            msg = f"the file is an mp4 without a video ({size} bytes)"
            raise FetchUnusable(msg)
        if self._frames_to_come:
            msg = f"the file ends before its last frames ({size} bytes)"
            raise FetchCutShort(msg)


class _Walk:
    """Reads boxes' headers, so many of them and no more."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._left = MOST_BOXES

    def through(self, begin: int, end: int) -> Iterator[_Box]:
        """Yield the boxes from `begin` on; the last may reach beyond `end`."""
        at = begin
        while end - at >= _HEADER:
            box = self._box(at, end)
            yield box
            at = box.end

    def has_video(self, moov: _Box) -> bool:
        """Return whether one of the tracks holds video."""
        return any(
            self._handler(handler) == b"vide"
            for track in self._inside(moov, b"trak")
            for media in self._inside(track, b"mdia")
            for handler in self._inside(media, b"hdlr")
        )

    def _inside(self, box: _Box, kind: bytes) -> Iterator[_Box]:
        for one in self.through(box.begin, box.end):
            if one.end > box.end:
                msg = "a part of the file is larger than what holds it"
                raise FetchUnusable(msg)
            if one.kind == kind:
                yield one

    def _handler(self, box: _Box) -> bytes:
        self._file.seek(box.begin)
        return self._file.read(min(_HANDLER.stop, box.end - box.begin))[_HANDLER]

    def _box(self, at: int, end: int) -> _Box:
        self._left -= 1
        if self._left < 0:
            msg = f"the file has more than {MOST_BOXES} parts"
            raise FetchUnusable(msg)
        self._file.seek(at)
        head = self._file.read(_LONG_HEADER)
        size, header = int.from_bytes(head[:4], "big"), _HEADER
        if size == 1:
            # Where the file ends within the header, the length is unknown but longer.
            header = _LONG_HEADER
            size = int.from_bytes(head[_HEADER:].ljust(8, b"\xff"), "big")
        elif size == 0:
            size = end - at
        if size < header:
            msg = "a part of the file has an impossible length"
            raise FetchUnusable(msg)
        return _Box(head[4:_HEADER], at + header, at + size)
