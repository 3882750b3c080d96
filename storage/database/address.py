"""Where the database lies, read from the one setting that says it. Opens nothing."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from bot.errors import StartupError

_DRIVERS = {"sqlite": "sqlite+pysqlite", "postgresql": "postgresql+asyncpg"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A database, by the URL that the engine wants."""

    url: URL
    """Names the driver. Its text and its repr hide the password."""
    file: Path | None
    """The SQLite file, as it was written; None for a database server."""

    @classmethod
    def parse(cls, text: str, option: str = "storage.url") -> Self:
        """Read `storage.url`, such as `sqlite:///data/clapper.db`.

        `option` is what an error calls it.

        Three slashes begin a path relative to the working directory, four an absolute
        one (SQLAlchemy docs: Database URLs).

        Raises:
            StartupError: If it is no URL, names a database that Clapper cannot work
                with, or one in memory, which would forget paid jobs.
        """
        try:
            url = make_url(text)
            backend = url.get_backend_name()
        except ArgumentError:
            # The text is not repeated: it may hold a password in the wrong place.
            msg = f"{option} is not a database URL such as sqlite:///data/clapper.db."
            raise StartupError(msg) from None
        if backend not in _DRIVERS:
            msg = f"{option} says {backend!r}; Clapper knows sqlite and postgresql."
            raise StartupError(msg)
        url = url.set(drivername=_DRIVERS[backend])
        if backend != "sqlite":
            return cls(url=url, file=None)
        if url.database in (None, "", ":memory:") or url.query:
            msg = (
                f"{option} has to name a plain file, as in sqlite:///data/clapper.db:"
                " a database in memory would forget jobs that are paid for."
            )
            raise StartupError(msg)
        return cls(url=url, file=Path(str(url.database)))

    def is_missing(self) -> bool:
        """Return whether it is a file that is not there; a server's is never asked for.

        Raises:
            StartupError: If that cannot be seen, as in a folder of somebody else's.
        """
        try:
            return self.file is not None and not self.file.exists()
        except OSError as error:
            msg = f"The database {self.file} cannot be read: {error.strerror}."
            raise StartupError(msg) from error

    def has_nothing(self) -> bool:
        """Return whether it is a file that is missing or empty; errors likewise."""
        return self.is_missing() or (
            self.file is not None and self.file.stat().st_size == 0
        )

    @property
    def name(self) -> str:
        """What to call it in a sentence: the file, or the URL without its password.

        What follows a question mark may hold a password, too.
        """
        return str(self.file or self.url.set(query={}))
