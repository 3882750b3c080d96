"""The log of tests: the usual form, but without drawing all local variables."""

import structlog


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
