"""Every error becomes an answer in its reader's language."""

import discord
import pytest
from discord import app_commands
from structlog.testing import capture_logs

from bot.errors import (
    MessageGone,
    MessengerDown,
    NotAllowed,
    Refused,
    StorageBroken,
    StorageBusy,
    StorageFull,
    TokenExpired,
)
from bot.models.refusals import duration_refused
from bot.servers.places import Permission
from bot.texts import Texts
from cogs.commands.error_answers import ErrorAnswers, _root
from tests.cogs.payloads import make_interaction
from tests.cogs.wires import make_wire
from tests.offers import PLAIN


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (duration_refused(PLAIN.first.text), "Grok Imagine takes 6 or 10 seconds."),
        (NotAllowed("not-allowed-cancel"), "Only the person who asked"),
        (
            Refused("refused-permissions", permissions=(Permission.SEND_MESSAGES,)),
            "in this channel: Send Messages.",
        ),
        (MessengerDown("down"), "Discord isn't answering"),
        (StorageBusy("locked"), "my database is busy"),
        (StorageFull("full"), "my disk is full"),
        (StorageBroken("damaged"), "can't use my database"),
        (app_commands.CommandNotFound("old", []), "has just changed"),
        (app_commands.CheckFailure("no"), "can't use this command here"),
    ],
)
def test_every_error_has_its_sentence(
    texts: Texts, error: Exception, said: str
) -> None:
    sentence = ErrorAnswers(texts, make_wire()).sentence("en-US", error)

    assert sentence is not None
    assert said in sentence


@pytest.mark.parametrize("error", [TokenExpired("late"), MessageGone("dismissed")])
def test_who_cannot_be_answered_is_not(texts: Texts, error: Exception) -> None:
    assert ErrorAnswers(texts, make_wire()).sentence("en-US", error) is None


def test_a_full_disk_is_not_blamed_on_discord() -> None:
    full = OSError(28, "No space left on device")

    assert _root(full) is full
    assert isinstance(_root(ConnectionResetError()), MessengerDown)


def test_the_reference_shown_stands_in_the_log(texts: Texts) -> None:
    error = RuntimeError("details")
    with capture_logs() as logged:
        sentence = ErrorAnswers(texts, make_wire()).sentence("en-US", error)
    (entry,) = logged

    assert sentence is not None
    assert f"`{entry['reference']}`" in sentence
    assert entry["exc_info"] is error
    assert "details" not in sentence


def test_trouble_of_the_database_is_not_logged_once_more(texts: Texts) -> None:
    with capture_logs() as logged:
        ErrorAnswers(texts, make_wire()).sentence("en-US", StorageBusy("locked"))

    assert logged == []


def test_two_errors_have_two_references(texts: Texts) -> None:
    answers = ErrorAnswers(texts, make_wire())

    assert answers.sentence("de", OSError()) != answers.sentence("de", OSError())


async def test_an_answer_that_fails_is_only_logged(
    texts: Texts, monkeypatch: pytest.MonkeyPatch
) -> None:
    interaction = make_interaction()

    async def break_off(*_: object, **__: object) -> None:
        raise ConnectionResetError

    monkeypatch.setattr(discord.InteractionResponse, "send_message", break_off)
    with capture_logs() as logged:
        await ErrorAnswers(texts, make_wire()).answer(
            interaction, Refused("refused-paused")
        )

    assert [entry["event"] for entry in logged] == ["interaction not answered"]


async def test_an_interaction_that_is_gone_is_only_logged(texts: Texts) -> None:
    with capture_logs() as logged:
        await ErrorAnswers(texts, make_wire()).answer(
            make_interaction(), TokenExpired("late")
        )

    assert [entry["event"] for entry in logged] == ["interaction not answered"]
