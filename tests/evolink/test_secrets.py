"""No error and no log line tells the key or a prompt."""

import traceback

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from bot.errors import EvolinkError
from bot.evolink.client import EvolinkClient
from bot.evolink.redaction import WITHHELD, Redactor
from tests.evolink.scripted import (
    KEY,
    SUBMIT_KEY,
    ScriptedEvolink,
    complaint,
)
from tests.factories import make_request

PROMPT = "a lighthouse keeper dancing with a giant squid at midnight"


async def refusal(client: EvolinkClient) -> EvolinkError:
    with pytest.raises(EvolinkError) as caught:
        await client.create(make_request(prompt=PROMPT), key=SUBMIT_KEY)
    return caught.value


async def test_a_refusal_names_the_call_the_code_and_the_request_id(
    client: EvolinkClient, evolink: ScriptedEvolink
) -> None:
    evolink.says(
        402,
        complaint("insufficient_quota", "insufficient_quota"),
        x_request_id="req-0f3a",
    )

    error = await refusal(client)

    assert str(error) == (
        "POST /v1/videos/generations answered 402 insufficient_quota"
        " (request id req-0f3a)"
    )
    assert (error.status, error.code, error.request_id) == (
        402,
        "insufficient_quota",
        "req-0f3a",
    )


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        ({"error": {"message": "No. (request id: req-1)"}}, {}),
        ({"error": {"message": "No.", "request_id": "req-1"}}, {}),
        ({"error": "No.", "request_id": "req-1"}, {}),
        ({}, {"x_oneapi_request_id": "req-1"}),
        ({"request_id": "req-2"}, {"x_request_id": "req-1"}),
    ],
)
async def test_the_request_id_is_found_wherever_it_stands(
    client: EvolinkClient,
    evolink: ScriptedEvolink,
    body: object,
    headers: dict[str, str],
) -> None:
    """EvoLink's support asks for it."""
    evolink.says(500, body, **headers)

    assert (await refusal(client)).request_id == "req-1"


@pytest.mark.parametrize("place", ["code", "type", "message", "request_id", "header"])
@pytest.mark.parametrize("form", [KEY, KEY[3:20], f"Bearer {KEY}", KEY.upper()])
async def test_an_answer_that_repeats_our_key_does_not_spread_it(
    client: EvolinkClient, evolink: ScriptedEvolink, place: str, form: str
) -> None:
    error = {"code": "unauthorized", "message": "No.", "type": "t"}
    headers = {"x_request_id": form} if place == "header" else {}
    evolink.says(401, {"error": error | {place: form}}, **headers)

    with capture_logs() as logs:
        caught = await refusal(client)

    shown = "".join(traceback.format_exception(caught))
    for text in (shown, repr(caught), repr(vars(caught)), repr(logs)):
        assert KEY[3:20].casefold() not in text.casefold()


@pytest.mark.parametrize("fault", ["cut before", "cut midway"])
async def test_a_lost_connection_s_traceback_holds_no_key_and_no_prompt(
    client: EvolinkClient, evolink: ScriptedEvolink, fault: str
) -> None:
    evolink.fails(fault)  # type: ignore[arg-type] # parametrized

    caught = await refusal(client)

    shown = "".join(traceback.format_exception(caught))
    assert "EvolinkUnsure" in shown
    assert KEY not in shown
    assert "lighthouse" not in shown


def test_the_client_s_repr_holds_no_key(client: EvolinkClient) -> None:
    shown = f"{client!r} {vars(client)!r} {vars(client._transport)!r}"

    assert "Transport" in shown
    assert KEY not in shown


@pytest.mark.parametrize(
    "words",
    [
        f"The prompt '{PROMPT}' is not allowed.",
        f"Blocked: {PROMPT.upper()}",
        "Blocked: keeper   dancing\nwith",
        "Blocked: keeper-dancing-with",
    ],
)
async def test_a_refusal_that_echoes_the_prompt_is_withheld_from_the_log(
    client: EvolinkClient, evolink: ScriptedEvolink, words: str
) -> None:
    evolink.says(400, complaint("content_policy_violation", "t", words=words))

    with capture_logs() as logs:
        caught = await refusal(client)

    assert [entry["words"] for entry in logs] == [WITHHELD]
    assert "dancing" not in f"{caught} {caught!r} {logs}"


async def test_a_refusal_s_own_words_are_in_the_log_and_nowhere_else(
    client: EvolinkClient, evolink: ScriptedEvolink
) -> None:
    evolink.says(400, complaint("invalid_request", "t", words="duration: 7 is odd"))

    with capture_logs() as logs:
        caught = await refusal(client)

    (entry,) = logs
    assert entry["words"] == "duration: 7 is odd"
    assert entry["code"] == "invalid_request"
    assert "odd" not in f"{caught} {caught!r}"


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (
            "two\r\nlines\x1b[31m\u2028three\u202eesrever",
            "two lines [31m three esrever",
        ),
        ("x" * 5000, "x" * 300),
        ('Rejected "a very private wish" for policy.', "Rejected […] for policy."),
        ("Rejected \u201ca very private wish", "Rejected […]"),
        ("Your prompt: a very private wish", "Your prompt: […]"),
        ("It can't be done, don't ask.", "It can't be done, don't ask."),
        ('Unknown "mode".', 'Unknown "mode".'),
        ("", None),
        (" \n ", None),
        (None, None),
    ],
)
def test_words_for_the_log_are_one_line_without_quotations(
    words: str | None, shown: str | None
) -> None:
    """A reading does not know the prompt, and providers like to quote it."""
    assert Redactor(SecretStr(KEY)).words(words) == shown


@pytest.mark.parametrize("code", ["two words", "a\nb", "x" * 65, "ü", "", "<b>"])
def test_a_code_that_is_no_plain_word_is_left_out(code: str) -> None:
    assert Redactor(SecretStr(KEY)).token(code) is None


async def test_the_answer_s_own_code_must_not_be_printable_to_be_understood(
    client: EvolinkClient, evolink: ScriptedEvolink
) -> None:
    evolink.says(400, {"error": {"code": "in\nvalid", "type": "content_filter"}})

    error = await refusal(client)

    assert error.code == "content_filter"
    assert "\n" not in str(error)
