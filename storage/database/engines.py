"""How SQLAlchemy is set up for our two ways of using a database."""

import asyncio
import logging
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import AsyncAdaptedQueuePool, NullPool, create_engine
from sqlalchemy.ext.asyncio import create_async_engine

from storage.database import sqlite
from storage.database.address import Address
from storage.database.connections import FileSource, ServerSource, Source

_KEEPALIVE: Mapping[str, str] = MappingProxyType(
    {
        # A machine that is gone closes no connection. The server notices after some
        # 25 s, long after that machine, if it lives, has stopped writing.
        "tcp_keepalives_idle": "10",
        "tcp_keepalives_interval": "5",
        "tcp_keepalives_count": "3",
    }
)
IDLE_IN_TRANSACTION = "10s"
"""A transaction that does nothing for so long is cut off: others wait for its locks."""
_NAME = "clapper"
_LOGGER = f"sqlalchemy.engine.Engine.{_NAME}"


def for_writing(address: Address, session_name: str) -> Source:
    """Return where one connection comes from, on which every transaction is alone."""
    if address.file is None:
        return _server(address, session_name, pool_size=ServerSource.writers)
    source = _file(address)
    sqlite.prepare_writer(source.engine)
    return source


def for_reading(address: Address, session_name: str, *, connections: int) -> Source:
    """Return where connections come from that see the newest state, and cannot write.

    Without transactions a read costs one trip to a server instead of three.
    """
    options: dict[str, Any] = {
        "pool_reset_on_return": None,
        "isolation_level": "AUTOCOMMIT",
        "skip_autocommit_rollback": True,
    }
    if address.file is None:
        return _server(address, session_name, pool_size=connections, **options)
    source = _file(address, **options)
    sqlite.prepare_readers(source.engine)
    return source


def connect_args(session_name: str) -> Mapping[str, Any]:
    """Return how to connect to a server, so that both ends notice when one is gone."""
    return {
        "server_settings": {
            "application_name": session_name,
            "idle_in_transaction_session_timeout": IDLE_IN_TRANSACTION,
            **_KEEPALIVE,
        }
    }


def _server(address: Address, session_name: str, **options: Any) -> ServerSource:  # noqa: ANN401 - SQLAlchemy's own
    engine = create_async_engine(
        address.url,
        max_overflow=0,
        pool_pre_ping=True,
        connect_args=connect_args(session_name),
        **common(),
        **options,
    )
    return ServerSource(engine)


def _file(address: Address, **options: Any) -> FileSource:  # noqa: ANN401 - likewise
    engine = create_engine(
        address.url,
        poolclass=NullPool,
        connect_args=sqlite.CONNECT_ARGS,
        **common(),
        **options,
    )
    return FileSource(engine)


def common() -> dict[str, Any]:
    """Return what keeps every engine from logging what people wrote.

    Nor does one log a traceback where a connection took too long to open or close.
    """
    for pool in (AsyncAdaptedQueuePool, NullPool):
        name = f"{pool.__module__}.{pool.__name__}"
        logging.getLogger(name).addFilter(_is_no_cancellation)
    # At DEBUG SQLAlchemy logs the rows that it reads, prompts and tokens included.
    log = logging.getLogger(_LOGGER)
    if log.isEnabledFor(logging.DEBUG):
        log.setLevel(logging.INFO)
    return {"hide_parameters": True, "logging_name": _NAME}


def _is_no_cancellation(record: logging.LogRecord) -> bool:
    error = record.exc_info[1] if record.exc_info else None
    return not isinstance(error, asyncio.CancelledError)
