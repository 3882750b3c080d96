"""How a command ends: which error is a sentence, and which status it leaves behind."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click
import structlog

from bot import logs
from bot.errors import ConfigInvalid, StartupError, StorageError

FAILED_STATUS = 1
INVALID_STATUS = 2
"""Exit status of a program whose configuration is at fault."""

log = structlog.get_logger(__name__)


@contextmanager
def plain_endings() -> Iterator[None]:
    """Turn what stops a command into one sentence on stderr and exit status 1.

    A fault of the configuration that shows only now (in a word list) is status 2, as
    all of its faults are, and a line for each.
    Anything unexpected goes to the log instead, where secrets are filtered: Python's
    own traceback would show them. SIGINT is no fault: status 0.
    """
    try:
        yield
    except KeyboardInterrupt:
        sys.exit(0)
    except BrokenPipeError:
        raise  # nobody reads on, as with `| head`: click ends the command in silence
    except Exception as error:
        for refusal in _refusals(error):
            click.echo(str(refusal), err=True)
            invalid = isinstance(refusal, ConfigInvalid)
            sys.exit(INVALID_STATUS if invalid else FAILED_STATUS)
        if not structlog.is_configured():
            # What the library does by itself shows the values of variables.
            logs.start(form="console", level="info", secrets=(), stream=sys.stderr)
        log.critical("stopped by an unexpected error", exc_info=error)
        sys.exit(FAILED_STATUS)


def _refusals(error: BaseException) -> Iterator[StartupError]:
    """Yield what the operator is told, also from within a group of errors."""
    match error:
        case StartupError():
            yield error
        case StorageError():
            yield StartupError(f"The database cannot be used: {error}.")
        case BaseExceptionGroup():
            for inner in error.exceptions:
                yield from _refusals(inner)
        case _:
            return
