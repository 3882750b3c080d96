"""The log: one JSON object a line, and never a reason to fail."""

import errno
import io
import json
import logging
import re
import warnings
from collections.abc import Iterator

import pytest
import structlog

from bot import logs
from bot.cli.settings import begin_log
from bot.config.machinery import Log
from tests.plain_logs import log_plainly
from tests.processes import make_config

TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GhIjKl.the-bots-own-token"
KEY = "sk-evolink-the-api-key"
INTERACTION = "aW50ZXJhY3Rpb246MTIzNDU2Nzg5.the-interactions-token"


@pytest.fixture(autouse=True)
def everything_as_it_was() -> Iterator[None]:
    """Put back what belongs to the whole process."""
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    names = (*logs.LEAST_LEVELS, "sqlalchemy.engine.Engine.some")
    levels = {name: logging.getLogger(name).level for name in names}
    yield
    root.handlers[:], level = before
    root.setLevel(level)
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)
    logging.captureWarnings(capture=False)
    log_plainly()


def started(form: logs.Form = "json", level: str = "info") -> io.StringIO:
    stream = io.StringIO()
    logs.start(form=form, level=level, secrets=(TOKEN, KEY), stream=stream)
    return stream


FORMS: tuple[logs.Form, ...] = ("console", "json")
both_forms = pytest.mark.parametrize("form", FORMS)


def test_a_log_that_cannot_be_written_costs_lines_and_nothing_more() -> None:
    """A full disk behind stderr must not end a bot that has paid for clips."""

    class Full(io.StringIO):
        def write(self, _text: str) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    logs.start(form="console", level="info", secrets=(), stream=Full())
    structlog.get_logger().info("hello")
    logging.getLogger("discord").warning("hello")


def test_an_event_is_one_json_object_with_its_fields() -> None:
    stream = started()

    with structlog.contextvars.bound_contextvars(job_id="j1"):
        structlog.get_logger("bot.poller").info("task asked", progress=40)

    record = json.loads(stream.getvalue())
    assert record.pop("timestamp").endswith("Z")
    assert record == {
        "event": "task asked",
        "job_id": "j1",
        "progress": 40,
        "logger": "bot.poller",
        "level": "info",
    }


def test_libraries_speak_through_the_same_processors() -> None:
    stream = started()

    with structlog.contextvars.bound_contextvars(job_id="j1"):
        logging.getLogger("discord.gateway").warning("Shard ID %s is late", 7)

    record = json.loads(stream.getvalue())
    assert record["event"] == "Shard ID 7 is late"
    assert record["logger"] == "discord.gateway"
    assert record["job_id"] == "j1"


def test_a_connection_that_breaks_is_a_warning_without_a_traceback() -> None:
    """It happens every day, and discord.py connects again by itself."""
    stream = started()

    shard = logging.getLogger("discord.shard")
    broken = ConnectionResetError()

    shard.error("Attempting a reconnect in %.2fs", 2.5, exc_info=broken)
    shard.error("Something else", exc_info=broken)

    calm, error = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert calm["event"] == "Attempting a reconnect in 2.50s (ConnectionResetError)"
    assert (calm["level"], "traceback" in calm) == ("warning", False)
    assert (error["level"], "traceback" in error) == ("error", True)


def test_the_console_is_for_people() -> None:
    stream = started("console")

    structlog.get_logger("bot.poller").warning("task asked", progress=40, why=None)

    assert re.fullmatch(
        r"\S+Z \[warning *\] task asked \[bot\.poller\] progress=40 why=None\n",
        stream.getvalue(),
    )


FORGERIES = (
    "a\nb",
    "a\r\n2026-01-01T00:00:00Z [info] forged",
    "a\x1b[2K\x1b[1A",
    "a\u2028b\u2029c\x85d\x0be\x0cf",
    'a", "level": "critical',
)


@both_forms
@pytest.mark.parametrize("text", FORGERIES)
def test_no_value_can_forge_a_line(form: logs.Form, text: str) -> None:
    """A prompt is a stranger's text, and so is a server's name."""

    class Odd:
        def __repr__(self) -> str:
            return text

    stream = started(form)

    structlog.get_logger("x").info(
        text, prompt=text, nested={"a": [text]}, odd=Odd(), **{text: 1}
    )
    logging.getLogger(text).error("%s", text)

    lines = stream.getvalue().splitlines()
    assert len(lines) == 2
    assert "\x1b" not in stream.getvalue()
    if form == "json":
        assert json.loads(lines[0])["prompt"] == text
        assert json.loads(lines[0])["level"] == "info"


def nested_failure() -> Exception:
    failure = RuntimeError(f"POST /interactions/123/{INTERACTION}/callback\nfailed")
    failure.__cause__ = ValueError(f"401 for Authorization: Bearer {KEY}")
    return failure


@both_forms
def test_a_traceback_is_a_field_of_its_line_and_holds_no_secret(
    form: logs.Form,
) -> None:
    stream = started(form)

    structlog.get_logger("x").error("failed", exc_info=nested_failure())
    logging.getLogger("discord.client").error("failed", exc_info=nested_failure())

    text = stream.getvalue()
    assert len(text.splitlines()) == 2
    assert text.count("RuntimeError") == 2
    assert text.count("Authorization: Bearer [hidden]") == 2
    assert text.count("/interactions/123/[hidden]/callback") == 2
    assert KEY not in text
    assert INTERACTION not in text


LIBRARY_MESSAGES = (
    # What discord.py 2.7 writes, at one level or another.
    (
        ("POST https://discord.com/api/v10/webhooks/1234/%s with %s has returned 404"),
        (INTERACTION, {"content": "x"}),
        "https://discord.com/api/v10/webhooks/1234/[hidden] with ",
    ),
    (
        "We are being rate limited. PATCH %s responded with 429.",
        (f"https://discord.com/api/v10/webhooks/12/{INTERACTION}/messages/@original",),
        "/webhooks/12/[hidden]/messages/@original responded",
    ),
    (
        "For Shard ID %s: WebSocket Event: %s",
        (0, {"t": "INTERACTION_CREATE", "d": {"id": "5", "token": INTERACTION}}),
        "'token': '[hidden]'",
    ),
    (
        "Sent %s",
        (json.dumps({"op": 2, "d": {"token": INTERACTION, "intents": 1}}),),
        "[hidden]",
    ),
    (
        "headers %s",
        ({"Authorization": f"Bot {INTERACTION}", "User-Agent": "x"},),
        "'Authorization': 'Bot [hidden]'",
    ),
    (
        "POST /callbacks/evolink/%s HTTP/1.1",
        ("tok-3n_aaaabbbbccccdddd",),
        "POST /callbacks/evolink/[hidden] HTTP/1.1",
    ),
    ("the token is %s.", (TOKEN,), "the token is [hidden]."),
)


@both_forms
@pytest.mark.parametrize(("message", "values", "expected"), LIBRARY_MESSAGES)
def test_what_libraries_say_holds_no_token(
    form: logs.Form, message: str, values: tuple[object, ...], expected: str
) -> None:
    stream = started(form)

    logging.getLogger("discord.http").warning(message, *values)

    text = stream.getvalue()
    assert expected in text
    for secret in (INTERACTION, TOKEN, KEY, "aaaabbbbccccdddd"):
        assert secret not in text


@both_forms
def test_a_secret_is_hidden_wherever_it_stands(form: logs.Form) -> None:
    stream = started(form)

    structlog.get_logger("x").info(
        f"event {TOKEN}", value=KEY, nested={"deep": [(KEY,)]}, **{TOKEN: 1}
    )
    structlog.get_logger("x").info("stack", stack_info=True, key=KEY)

    assert TOKEN not in stream.getvalue()
    assert KEY not in stream.getvalue()


def test_ordinary_words_stay_as_they_are() -> None:
    sentence = "Bot started; Bearer of news; see /webhooks and 'token': 7 of abc"

    assert logs.Scrubber(("abc", "")).scrub(sentence) == sentence


def test_of_two_secrets_that_begin_alike_the_longer_is_hidden_whole() -> None:
    assert logs.Scrubber(("secret", "secret-longer")).scrub("(secret-longer)") == (
        "([hidden])"
    )


def test_the_level_is_the_least_that_is_logged() -> None:
    stream = started(level="warning")

    structlog.get_logger("x").info("ours")
    logging.getLogger("other").info("theirs")
    structlog.get_logger("x").warning("kept")

    assert [json.loads(line)["event"] for line in stream.getvalue().splitlines()] == [
        "kept"
    ]


def test_libraries_never_print_payloads_even_at_level_debug() -> None:
    """At debug discord.py shows every event, and SQL drivers every statement."""
    stream = started(level="debug")

    logging.getLogger("discord.gateway").debug("WebSocket Event: a prompt")
    logging.getLogger("aiosqlite").debug("executing functools.partial(...)")
    # Code that makes an engine may set its logger's own level.
    engine = logging.getLogger("sqlalchemy.engine.Engine.some")
    engine.setLevel(logging.DEBUG)
    engine.info("executing INSERT")
    structlog.get_logger("x").debug("ours")

    assert "prompt" not in stream.getvalue()
    assert "executing" not in stream.getvalue()
    assert "ours" in stream.getvalue()


def test_a_record_that_cannot_be_written_is_reported_without_its_values() -> None:
    """Python would print the message and all its values, past the filter."""
    stream = started()

    logging.getLogger("discord").error("%d", TOKEN)

    assert stream.getvalue() == "a record of 'discord' was lost: TypeError\n"


def test_warnings_are_events_too() -> None:
    stream = started()

    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(capture=True)
        warnings.warn("old\nways", stacklevel=1)
        logging.captureWarnings(capture=False)

    record = json.loads(stream.getvalue())
    assert record["logger"] == "py.warnings"
    assert "old\nways" in record["event"]


def test_starting_again_replaces_the_first() -> None:
    first = started()
    second = started()

    structlog.get_logger("x").info("once")

    assert first.getvalue() == ""
    assert len(second.getvalue().splitlines()) == 1


def test_nothing_of_ours_goes_to_standard_output(
    capsys: pytest.CaptureFixture[str],
) -> None:
    begin_log(make_config().model_copy(update={"log": Log(format="json")}))

    structlog.get_logger("x").info("said")

    printed = capsys.readouterr()
    assert printed.out == ""
    assert json.loads(printed.err)["event"] == "said"
