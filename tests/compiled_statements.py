"""Compiles each statement for SQLite once, and not once for each test's database."""

from typing import Any

import pytest
from sqlalchemy import URL, Engine, create_engine
from sqlalchemy.engine import Dialect

from storage.database import engines


def share_compiled_statements() -> None:
    """Let all databases of this process use what was compiled for one of them.

    SQLAlchemy keeps it for each engine, and a program has two. Tests have thousands,
    and to compile was a third of what those with a database cost.
    """
    dialects: dict[bool, Dialect] = {}
    compiled: dict[Any, Any] = {}

    def create(url: URL, **options: Any) -> Engine:
        is_for_reading = "isolation_level" in options
        if is_for_reading not in dialects:
            # A dialect learns with its first connection what SQLite can do.
            with create_engine("sqlite://", **options).connect() as connection:
                dialects[is_for_reading] = connection.dialect
        engine = create_engine(url, **options)
        engine.dialect = dialects[is_for_reading]  # a part of each statement's key
        engine.update_execution_options(compiled_cache=compiled)
        return engine

    pytest.MonkeyPatch().setattr(engines, "create_engine", create)
