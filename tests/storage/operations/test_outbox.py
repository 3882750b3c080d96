"""The numbers of messages to the operator."""

from datetime import timedelta

from storage.database.engine import Database
from storage.operations.outbox import SqlOutbox
from tests.factories import NOON


async def test_no_message_gets_the_number_of_one_that_was_posted(
    database: Database,
) -> None:
    """In the same second the channel would take it for a repetition of that one."""
    outbox = SqlOutbox(database)
    numbers = []

    for event in ("outage", "unconfirmed"):
        await outbox.put(event, {}, NOON)
        [due] = await outbox.due(NOON, 9)
        claimed = await outbox.claim(due, NOON, NOON + timedelta(minutes=2))
        assert claimed is not None
        numbers.append(claimed.id)
        await outbox.drop(claimed)

    assert len(set(numbers)) == 2
