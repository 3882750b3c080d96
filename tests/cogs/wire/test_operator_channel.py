"""What the operator reads when EvoLink takes no more requests."""

import pytest

from bot.errors import AccountFault
from bot.operations.installation import OperatorMessage
from cogs.wire.operator_channel import operator_words
from tests.factories import MODEL, NOON
from tests.languages import LOCALES, strict_texts

NOT_NAMED = "-"
TO_CHANGE = {
    AccountFault.BALANCE: ("EvoLink",),
    AccountFault.DAILY_LIMIT: ("<t:1771000000:f>",),
    AccountFault.KEY: ("`evolink.api_key`",),
    AccountFault.MODEL: (
        "`evolink.model`",
        "`grok-imagine-text-to-video-beta`",
        r"grok\-imagine\-text\-to\-video ",
    ),
    AccountFault.ADDRESS: ("`evolink.base_url`",),
}


def message(fault: AccountFault) -> OperatorMessage:
    is_daily = fault is AccountFault.DAILY_LIMIT
    return OperatorMessage(
        id=1,
        event="intake-paused",
        values={
            "fault": fault.value,
            "reason": "POST answered 402 key_disabled",
            "model": MODEL,
            "resets_at": "1771000000" if is_daily else NOT_NAMED,
        },
        told_at=NOON,
        attempts=0,
        fence=1,
    )


@pytest.mark.parametrize("fault", AccountFault)
@pytest.mark.parametrize("locale", LOCALES)
def test_a_pause_says_what_has_to_be_changed(locale: str, fault: AccountFault) -> None:
    words = operator_words(strict_texts(), locale, message(fault))

    assert "402" in words
    for part in TO_CHANGE[fault]:
        assert part in words
    for other in set(TO_CHANGE) - {fault, AccountFault.BALANCE}:
        assert TO_CHANGE[other][0] not in words


@pytest.mark.parametrize(
    ("minutes", "said"), [("1", "1 minute."), ("90", "90 minutes.")]
)
def test_the_end_of_a_pause_says_how_long_it_was(minutes: str, said: str) -> None:
    ended = OperatorMessage(
        id=2,
        event="intake-resumed",
        values={"minutes": minutes},
        told_at=NOON,
        attempts=0,
        fence=1,
    )

    words = operator_words(strict_texts(), "en-US", ended)
    assert words.endswith(said)
