"""How SQLAlchemy is set up for our two ways of using a database."""

import logging
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from storage import sqlite
from storage.address import Address

_NAME = "clapper"
_LOGGER = f"sqlalchemy.engine.Engine.{_NAME}"


def writing_engine(address: Address) -> AsyncEngine:
    """Return an engine for one connection, on which every transaction is alone."""
    engine = _engine(address, pool_size=1)
    if address.file is not None:
        sqlite.prepare_writer(engine)
    return engine


def reading_engine(address: Address, *, connections: int) -> AsyncEngine:
    """Return an engine whose connections read the newest state, and cannot write.

    Without transactions a read costs one trip to the database instead of three.
    """
    engine = _engine(
        address,
        pool_size=connections,
        pool_reset_on_return=None,
        isolation_level="AUTOCOMMIT",
        skip_autocommit_rollback=True,
    )
    if address.file is not None:
        sqlite.prepare_readers(engine)
    return engine


def _engine(
    address: Address,
    **options: Any,  # noqa: ANN401 - SQLAlchemy's own
) -> AsyncEngine:
    # At DEBUG SQLAlchemy logs the rows that it reads, prompts and tokens included.
    log = logging.getLogger(_LOGGER)
    if log.isEnabledFor(logging.DEBUG):
        log.setLevel(logging.INFO)
    return create_async_engine(
        address.url,
        hide_parameters=True,
        logging_name=_NAME,
        max_overflow=0,
        connect_args=sqlite.CONNECT_ARGS if address.file is not None else {},
        **options,
    )
