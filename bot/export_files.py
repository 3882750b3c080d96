"""Files of any size that somebody is handed: compressed while written, and split.

What is small stays a plain file. What is not is compressed while it is written, so that
little of it is in memory, and split where it would be too large to be uploaded: each
part is a whole document with some of the rows.

To encode takes time: it belongs on a thread of its own, and not on the event loop.
"""

import io
import zipfile
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import IO, Any, Protocol

PLAIN_BYTES = 1024 * 1024
"""Up to so many a file is handed out as it is."""
_PENDING_BYTES = 64 * 1024
"""What may still be added at the end of a part: what the compressor holds, and the ZIP
file's directory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportFile:
    """A file to hand out."""

    name: str
    content: bytes

    @property
    def is_packed(self) -> bool:
        """Whether it has to be unpacked to be read."""
        return self.name.endswith(".zip")


class Layout(Protocol):
    """How a document is written: rows, in sections, between a beginning and an end."""

    @property
    def between(self) -> bytes:
        """What stands between two rows."""
        ...

    def begin(self) -> bytes:
        """Return what comes before the first section."""
        ...

    def open(self, section: str) -> bytes:
        """Return what comes before a section's rows."""
        ...

    def row(self, row: Any) -> bytes:  # noqa: ANN401 - whatever the rows are
        """Return a row."""
        ...

    def close(self, *, is_empty: bool) -> bytes:
        """Return what ends a section."""
        ...

    def end(self) -> bytes:
        """Return what comes after the last section."""
        ...


class _Part:
    """One file, first plain and from a certain size on compressed."""

    def __init__(self, plain_bytes: int) -> None:
        self._plain: io.BytesIO | None = io.BytesIO()
        self._plain_bytes = plain_bytes
        self._packed = io.BytesIO()
        self._archive: zipfile.ZipFile | None = None
        self._entry: IO[bytes] | None = None

    @property
    def size(self) -> int:
        """Bytes so far, without what the compressor still holds."""
        return (self._plain or self._packed).tell()

    def write(self, piece: bytes, entry: str) -> None:
        """Add to it; `entry` is its name within a ZIP file."""
        if self._plain is not None:
            if self._plain.tell() + len(piece) <= self._plain_bytes:
                self._plain.write(piece)
                return
            piece = self._plain.getvalue() + piece
            self._plain = None
            self._archive = zipfile.ZipFile(
                self._packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1
            )
            self._entry = self._archive.open(entry, "w")
        assert self._entry is not None
        self._entry.write(piece)

    def finish(self) -> tuple[bytes, bool]:
        """Return its bytes, and whether they are those of a ZIP file."""
        if self._plain is not None:
            return self._plain.getvalue(), False
        assert self._entry is not None
        assert self._archive is not None
        self._entry.close()
        self._archive.close()
        return self._packed.getvalue(), True


class Export:
    """Writes one document, in as many files as it takes."""

    def __init__(
        self, stem: str, suffix: str, layout: Layout, *, most_bytes: int
    ) -> None:
        """Keep what the files are called, and how large each may be.

        A single row that is larger than `most_bytes` is a file of its own.
        """
        self._stem, self._suffix = stem, suffix
        self._layout = layout
        self._most_bytes = most_bytes
        self._section: str | None = None
        self._rows = 0
        """In this section of this part."""
        self._rows_of_part = 0
        self._done: list[tuple[bytes, bool]] = []
        self._part = self._new_part()

    def add(self, section: str, rows: Iterable[Any]) -> None:
        """Add rows to a section; sections come one after another, also empty ones."""
        if section != self._section:
            self._close_section()
            self._open_section(section)
        left = [self._layout.row(row) for row in rows]
        while left:
            fitting = self._fitting(left)
            if not fitting and self._rows_of_part:
                self._next_part(section)
                continue
            some, left = left[: fitting or 1], left[fitting or 1 :]
            if self._rows:
                self._write(self._layout.between)
            # Rows are short: a call for each would cost more than to compress them.
            self._write(self._layout.between.join(some))
            self._rows += len(some)
            self._rows_of_part += len(some)

    def _fitting(self, rows: Sequence[bytes]) -> int:
        """Return how many of these rows still fit, even if nothing makes them smaller.

        Once they are compressed there is room for more.
        """
        room = self._most_bytes - self._part.size - _PENDING_BYTES
        sizes = accumulate(len(row) + len(self._layout.between) for row in rows)
        return bisect_right(list(sizes), room)

    def finish(self) -> list[ExportFile]:
        """Return the files; nothing can be added afterwards."""
        self._end_part()
        many = len(self._done) > 1
        return [
            ExportFile(
                name=self._name(number if many else None, packed=packed),
                content=content,
            )
            for number, (content, packed) in enumerate(self._done, start=1)
        ]

    def _name(self, number: int | None, *, packed: bool) -> str:
        stem = self._stem if number is None else f"{self._stem}-{number}"
        return f"{stem}.{'zip' if packed else self._suffix}"

    def _new_part(self) -> _Part:
        # Where there are several, they are all of one kind.
        part = _Part(0 if self._done else min(PLAIN_BYTES, self._most_bytes // 2))
        self._rows_of_part = 0
        part.write(self._layout.begin(), self._entry)
        return part

    def _next_part(self, section: str) -> None:
        self._end_part()
        self._part = self._new_part()
        self._open_section(section)

    def _end_part(self) -> None:
        self._close_section()
        self._write(self._layout.end())
        self._done.append(self._part.finish())

    def _open_section(self, section: str) -> None:
        self._section, self._rows = section, 0
        self._write(self._layout.open(section))

    def _close_section(self) -> None:
        if self._section is not None:
            self._write(self._layout.close(is_empty=self._rows == 0))
            self._section = None

    def _write(self, piece: bytes) -> None:
        self._part.write(piece, self._entry)

    @property
    def _entry(self) -> str:
        number = len(self._done) + 1
        stem = self._stem if number == 1 else f"{self._stem}-{number}"
        return f"{stem}.{self._suffix}"
