"""The tables of all features, whether anything has imported them or not."""

from importlib import import_module
from pkgutil import iter_modules

from sqlalchemy import MetaData

from storage import tables
from storage.tables.metadata import metadata


def every_table() -> MetaData:
    for module in iter_modules(tables.__path__):
        import_module(f"{tables.__name__}.{module.name}")
    return metadata
