"""The log of tests: the usual form, but without drawing all local variables."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from bot import logs


def log_plainly() -> None:
    """Log as structlog does of itself, with plain tracebacks.

    Its own, which draw every local variable, take half a second for each error.
    """
    structlog.reset_defaults()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.StackInfoRenderer(),
            structlog.dev.ConsoleRenderer(
                colors=False, exception_formatter=structlog.dev.plain_traceback
            ),
        ]
    )


@contextmanager
def log_kept() -> Iterator[None]:
    """Put back, in the end, what a command changes of the log of the whole process.

    It begins a log on a stream that ends with it, and sets levels.
    """
    root = logging.getLogger()
    handlers = root.handlers[:]
    loggers = [root, *map(logging.getLogger, logs.LEAST_LEVELS)]
    levels = [logger.level for logger in loggers]
    try:
        yield
    finally:
        root.handlers[:] = handlers
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
        logging.captureWarnings(capture=False)
        log_plainly()
