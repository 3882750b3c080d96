"""What is read of what the gateway sends."""

import json
from typing import Any

import pytest

from cogs.gateway.frames import BrokenFrame, BrokenSession, event_of, read_frame

HALF = "\ud83d"


def frame(**fields: Any) -> str:
    return json.dumps({"op": 0, "s": 1, "t": "X", "d": {}} | fields)


def read(text: str) -> dict[str, Any]:
    return read_frame(text)


def test_text_is_kept_as_typed_in_options_and_form_fields_alone() -> None:
    options = [
        {"name": "prompt", "type": 3, "value": HALF},
        {"name": "reason", "type": 3, "value": HALF},
    ]
    fields = [{"component": {"custom_id": "prompt", "value": HALF}}]
    user = {"name": HALF, "username": f"{HALF}{HALF}"}
    said = {"embeds": [{"fields": [{"name": "a", "value": HALF}]}]}
    resolved = {"users": {"5": user}, "messages": {"6": said}}
    data = {"options": options, "components": fields, "resolved": resolved}

    told = read(frame(t="INTERACTION_CREATE", d={"data": data, HALF: 1}))["d"]

    assert [one["value"] for one in told["data"]["options"]] == [HALF, HALF]
    assert told["data"]["components"][0]["component"]["value"] == HALF
    seen = told["data"]["resolved"]
    assert seen["users"]["5"] == {"name": "\ufffd", "username": "\ufffd" * 2}
    assert seen["messages"]["6"]["embeds"][0]["fields"][0]["value"] == "\ufffd"
    assert told["\ufffd"] == 1


def test_nothing_is_kept_in_other_events() -> None:
    field = {"name": "prompt", "value": HALF}

    assert read(frame(t="MESSAGE_CREATE", d=field))["d"]["value"] == "\ufffd"


def test_whole_emoji_stay_as_they_are() -> None:
    told = read(frame(d={"name": "\U0001f98a", "half": HALF}))

    assert told["d"] == {"name": "\U0001f98a", "half": "\ufffd"}


@pytest.mark.parametrize(
    "text",
    [HALF, "\udc00", "\udc00\ud83d", f"{HALF}\n", f"{HALF}{HALF}"],
    ids=["high", "low", "reversed", "before another escape", "two"],
)
@pytest.mark.parametrize("escaped", [True, False])
def test_half_an_emoji_is_replaced_in_words_and_in_keys(
    text: str, *, escaped: bool
) -> None:
    data = {"name": text, text: [1], "list": [[text]]}
    sent = json.dumps({"op": 0, "s": 1, "t": "X", "d": data}, ensure_ascii=escaped)
    whole = "".join("\ufffd" if "\ud800" <= one <= "\udfff" else one for one in text)

    assert read(sent)["d"] == {"name": whole, whole: [1], "list": [[whole]]}


@pytest.mark.parametrize(
    "text",
    [
        "", "x", "[]", "1", "null", "{}", frame(op=None), frame(op=True), frame(op=4),
        frame(op="0"), frame(t=1), frame(s="1"), frame(s=1.5), frame(op=10),
        frame(op=10, d={"heartbeat_interval": 0}), "[" * 100_000,
        '{"op": 0, "d": NaN}', '{"op": 0, "d": Infinity}', "9" * 5000,
    ],
)  # fmt: skip
def test_what_is_no_frame_is_refused(text: str) -> None:
    with pytest.raises(BrokenFrame):
        read(text)


@pytest.mark.parametrize("data", [None, {}, {"session_id": "x"}, []])
def test_a_session_without_an_address_is_none(data: object) -> None:
    with pytest.raises(BrokenSession):
        read(frame(t="READY", d=data))


def test_numbers_may_be_huge() -> None:
    assert read(frame(d={"id": 10**30}))["t"] == "X"


def test_the_log_shows_names_of_events_and_nothing_else() -> None:
    assert event_of({"op": 0, "t": "GUILD_CREATE"}) == "GUILD_CREATE"
    assert event_of({"op": 0, "t": "a secret\nfox"}) == "op 0"
