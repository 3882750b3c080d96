"""What a work, a transaction or a read, may do with the connection it is lent."""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any, Protocol, TypeAlias, TypeVar

from sqlalchemy import CursorResult, Executable, ScalarResult
from sqlalchemy.engine import Dialect

T = TypeVar("T")

Parameters = Mapping[str, Any] | Sequence[Mapping[str, Any]] | None
"""By name: for one run of a statement, or for each of several."""
DriverParameters = tuple[Any, ...] | Mapping[str, Any] | None
"""The same as the driver wants them."""
Rows: TypeAlias = CursorResult[*tuple[Any, ...]]


class WorkConnection(Protocol):
    """The part of SQLAlchemy's `AsyncConnection` that works need.

    That class is what they get from a server; see `storage.file_connection` for what
    they get from a file. Rows are fetched within the work, or never.
    """

    @property
    def dialect(self) -> Dialect:
        """Which database it is."""

    async def execute(
        self, statement: Executable, parameters: Parameters = None, /
    ) -> Rows:
        """Run one statement, or the same one for each of several sets of parameters."""

    async def scalar(
        self, statement: Executable, parameters: Mapping[str, Any] | None = None, /
    ) -> Any:  # noqa: ANN401 - whatever the column holds
        """Run one statement; return the first column of its first row, or None."""

    async def scalars(
        self, statement: Executable, parameters: Parameters = None, /
    ) -> ScalarResult[Any]:
        """Run one statement; return the first column of all its rows."""

    async def exec_driver_sql(
        self, statement: str, parameters: DriverParameters = None, /
    ) -> Rows:
        """Run one statement in the driver's own words."""

    async def run_sync(self, call: Callable[..., T], /, *arguments: object) -> T:
        """Hand the plain connection to something that knows only that kind."""


Work = Callable[[WorkConnection], Coroutine[Any, Any, T]]
