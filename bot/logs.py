"""One log for everybody: ours, discord.py's, SQLAlchemy's; one event a line, on stderr.

Modules that log know nothing of this one. What leaves here holds no secret, whatever
was handed in: the filter works on the finished line, tracebacks included.
"""

import contextlib
import logging
import re
import sys
from collections.abc import Collection
from typing import Literal, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

Form = Literal["console", "json"]

HIDDEN = "[hidden]"
MIN_SECRET_CHARS = 6

_PATTERNS = (
    # The headers that Discord and EvoLink are authorised by.
    (re.compile(r"\b(Bot|Bearer)(\s+|%20)[\w.~+/=-]{16,}"), rf"\1 {HIDDEN}"),
    # Anyone with such an address can post in our name, or wake a job.
    (re.compile(r"/(webhooks|interactions)/(\d+)/[\w.~%+=-]+"), rf"/\1/\2/{HIDDEN}"),
    (re.compile(r"/callbacks/evolink/[\w.~%+=-]+"), f"/callbacks/evolink/{HIDDEN}"),
    # Payloads of interactions, as libraries show them: {'token': '...'}.
    (
        re.compile(r"""(\\*["']\w*token\\*["']\s*:\s*\\*["'])[^"'\\]+"""),
        rf"\g<1>{HIDDEN}",
    ),
)

_ANY_HINT = re.compile(r"Bot|Bearer|webhooks/|interactions/|callbacks/|token")
"""Each of them has one of these. Most lines have none."""

LEAST_LEVELS = {
    # At debug they print whole payloads, prompts among them.
    "asyncio": logging.INFO,
    "discord": logging.INFO,
    # At info they print every request, or every statement.
    "aiohttp": logging.WARNING,
    "aiosqlite": logging.WARNING,
    "alembic": logging.WARNING,
    "sqlalchemy": logging.WARNING,
}
"""How low libraries may go, whatever the operator asks of us."""


class Scrubber:
    """Takes secrets out of text."""

    def __init__(self, secrets: Collection[str]) -> None:
        """Keep what to hide.

        What is shorter than six characters is no secret, and hiding it would break
        the words it occurs in. The configuration refuses quotes and backslashes, so
        that a secret looks the same however its line was escaped.
        """
        # The longest first: one secret may be the beginning of another.
        worth = sorted(
            {secret for secret in secrets if len(secret) >= MIN_SECRET_CHARS},
            key=len,
            reverse=True,
        )
        self._known = re.compile("|".join(map(re.escape, worth))) if worth else None

    def scrub(self, text: str) -> str:
        """Return the text with `[hidden]` in place of every secret it held."""
        if self._known is not None:
            text = self._known.sub(HIDDEN, text)
        if _ANY_HINT.search(text) is not None:
            for pattern, replacement in _PATTERNS:
                text = pattern.sub(replacement, text)
        return text


class _Formatter(structlog.stdlib.ProcessorFormatter):
    """Renders a record and filters the finished line."""

    def __init__(
        self, scrubber: Scrubber, before: list[Processor], after: list[Processor]
    ) -> None:
        super().__init__(
            foreign_pre_chain=before,
            processors=[self.remove_processors_meta, _tracebacks_are_fields, *after],
        )
        self._scrubber = scrubber

    def format(self, record: logging.LogRecord) -> str:
        return self._scrubber.scrub(super().format(record))


_RECONNECTS = "Attempting a reconnect"
"""How discord.py begins each time that a connection broke, with a whole traceback."""


class _Libraries(logging.Filter):
    """Keeps libraries at `LEAST_LEVELS`, whatever levels their loggers are set to."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.startswith("discord.") and _RECONNECTS in str(record.msg):
            _calm(record)
        least = LEAST_LEVELS.get(record.name.partition(".")[0], logging.NOTSET)
        return record.levelno >= least


def _calm(record: logging.LogRecord) -> None:
    """Make a warning of what discord.py calls an error: connections break every day."""
    record.levelno, record.levelname = logging.WARNING, "WARNING"
    error = record.exc_info[1] if record.exc_info else None
    record.exc_info = record.exc_text = None
    if error is not None:
        record.msg = f"{record.msg} ({type(error).__name__})"


class _Lines(logging.StreamHandler[TextIO]):
    """Writes lines, and where that fails says so without showing what it failed on."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's
        """Say which logger's record was lost; its values may hold anything."""
        error = sys.exc_info()[1]
        # A full disk or a closed pipe loses this line too, and must cost no more.
        with contextlib.suppress(OSError, ValueError):
            self.stream.write(
                f"a record of {record.name!r} was lost: {type(error).__name__}\n"
            )
            self.flush()


def start(
    *,
    form: Form,
    level: str,
    secrets: Collection[str],
    stream: TextIO,
) -> None:
    """Send every log record of this process to `stream`, one line each.

    Called once at start. Calling it again replaces the first.

    Args:
        form: `console` for people, `json` for machines.
        level: The least that is logged: debug, info, warning or error. Libraries do
            not go as low as we may: what they say there holds payloads and prompts.
        secrets: What must not appear, in addition to tokens known by their form.
        stream: Where to.
    """
    shared = _shared()
    handler = _Lines(stream)
    after = _rendering(form, colours=stream.isatty())
    handler.addFilter(_Libraries())
    handler.setFormatter(_Formatter(Scrubber(secrets), shared, after))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    _leave_out_what_no_line_shows()
    number = logging.getLevelNamesMapping()[level.upper()]
    root.setLevel(number)
    for name, least in LEAST_LEVELS.items():
        logging.getLogger(name).setLevel(max(number, least))
    logging.captureWarnings(capture=True)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.stdlib.LoggerFactory(),
        # A logger made before this call (at import, in tests) must follow it too.
        cache_logger_on_first_use=False,
    )


def _leave_out_what_no_line_shows() -> None:
    """Leave out of records what our lines do not show (Python docs: Logging HOWTO).

    To find the caller alone costs a walk over the stack for each line; with it go the
    stacks that a library may ask for.
    """
    logging._srcfile = None  # noqa: SLF001 - documented there
    for switch in ("Threads", "Processes", "Multiprocessing", "AsyncioTasks"):
        setattr(logging, f"log{switch}", False)


def _shared() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
    ]


def _rendering(form: Form, *, colours: bool) -> list[Processor]:
    match form:
        case "json":
            # JSON escapes every control character by itself.
            return [structlog.processors.JSONRenderer(default=repr)]
        case "console":
            console = structlog.dev.ConsoleRenderer(
                colors=colours, pad_event_to=0, repr_native_str=True
            )
            return [_one_line, console]


def _tracebacks_are_fields(
    _logger: WrappedLogger, _method: str, event: EventDict
) -> EventDict:
    """Rename what the console would otherwise spread over many lines."""
    for name, ours in (("exception", "traceback"), ("stack", "stack_trace")):
        if name in event:
            event[ours] = event.pop(name)
    return event


def _one_line(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Leave nothing that could begin a line of its own: the console escapes texts only.

    The event itself it does not even escape.
    """
    flat = {
        _flat(key): value if isinstance(value, str) else _Shown(value)
        for key, value in event.items()
    }
    for bare in ("event", "logger", "level", "timestamp"):
        if bare in flat:
            flat[bare] = _flat(str(event[bare]))
    return flat


class _Shown:
    """A value as it shows itself, on one line."""

    def __init__(self, value: object) -> None:
        self._text = _flat(repr(value))

    def __repr__(self) -> str:
        return self._text


def _flat(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode("ascii")
        for char in text
    )
