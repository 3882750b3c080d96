"""How SQLAlchemy is set up for our two ways of using a database."""

import logging
from typing import Any

from sqlalchemy import NullPool, create_engine
from sqlalchemy.ext.asyncio import create_async_engine

from storage.database import sqlite
from storage.database.address import Address
from storage.database.connections import FileSource, ServerSource, Source

_NAME = "clapper"
_LOGGER = f"sqlalchemy.engine.Engine.{_NAME}"


def for_writing(address: Address) -> Source:
    """Return where one connection comes from, on which every transaction is alone."""
    if address.file is None:
        return _server(address, pool_size=1)
    source = _file(address)
    sqlite.prepare_writer(source.engine)
    return source


def for_reading(address: Address, *, connections: int) -> Source:
    """Return where connections come from that see the newest state, and cannot write.

    Without transactions a read costs one trip to a server instead of three.
    """
    options: dict[str, Any] = {
        "pool_reset_on_return": None,
        "isolation_level": "AUTOCOMMIT",
        "skip_autocommit_rollback": True,
    }
    if address.file is None:
        return _server(address, pool_size=connections, **options)
    source = _file(address, **options)
    sqlite.prepare_readers(source.engine)
    return source


def _server(address: Address, **options: Any) -> ServerSource:  # noqa: ANN401 - SQLAlchemy's own
    engine = create_async_engine(address.url, max_overflow=0, **_common(), **options)
    return ServerSource(engine)


def _file(address: Address, **options: Any) -> FileSource:  # noqa: ANN401 - likewise
    engine = create_engine(
        address.url,
        poolclass=NullPool,
        connect_args=sqlite.CONNECT_ARGS,
        **_common(),
        **options,
    )
    return FileSource(engine)


def _common() -> dict[str, Any]:
    # At DEBUG SQLAlchemy logs the rows that it reads, prompts and tokens included.
    log = logging.getLogger(_LOGGER)
    if log.isEnabledFor(logging.DEBUG):
        log.setLevel(logging.INFO)
    return {"hide_parameters": True, "logging_name": _NAME}
