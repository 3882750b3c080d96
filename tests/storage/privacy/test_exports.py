"""What is exported is all that is stored about one person, and nobody else."""

import io
import json
import zipfile
from datetime import timedelta

import pytest
from sqlalchemy import text

from bot.export_files import ExportFile
from bot.ids import GuildId, UserId
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from bot.moderation.blocks import Blocks
from bot.privacy.own_data import Privacy
from storage.database.engine import Database
from storage.moderation.store import SqlModerationStore
from storage.privacy.store import SqlPrivacyStore
from tests.clock import FakeClock
from tests.factories import NOON, make_job, reach
from tests.servers.people import make_actor
from tests.storage.history import FIRST_MEMBER, FIRST_SERVER, put_history
from tests.storage.plans import collecting

ME = make_actor()
ADMIN = make_actor(user_id=UserId(7), is_moderator=True, is_manager=True)
MIB = 1024 * 1024


@pytest.fixture
def privacy(database: Database, clock: FakeClock) -> Privacy:
    return Privacy(SqlPrivacyStore(database), clock)


async def delivered(store: JobStore, **overrides: object) -> None:
    await reach(store, JobState.DELIVERED, make_job(**overrides))


def unpacked(file: ExportFile) -> bytes:
    assert file.is_packed
    with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
        (name,) = archive.namelist()
        return archive.read(name)


async def test_the_export_holds_all_of_mine_and_nobody_elses(
    privacy: Privacy, store: JobStore, database: Database, clock: FakeClock
) -> None:
    await delivered(store, prompt="mine 🎬")
    later = NOON + timedelta(seconds=1)
    await delivered(store, prompt="elsewhere", guild_id=GuildId(5), requested_at=later)
    await delivered(store, prompt="theirs", user_id=UserId(99))
    await Blocks(SqlModerationStore(database), clock).block(ADMIN, ME.user_id)

    (file,) = await privacy.export(ME, most_bytes=MIB)
    document = json.loads(file.content)

    assert document["about"] == str(ME.user_id)
    assert [job["prompt"] for job in document["jobs"]] == ["mine 🎬", "elsewhere"]
    assert len(document["blocks"]) == len(document["audit"]) == 1
    assert len(document["ledger"]) == 4
    assert not {"interaction_token", "submit_key"} & set(document["jobs"][0])


async def test_an_export_of_several_pages_holds_each_row_once(
    privacy: Privacy, database: Database
) -> None:
    """In order, where pages end within one server, and between two of them."""
    newest_us = int(NOON.timestamp() * 1_000_000)
    await put_history(database, newest_us, jobs=4_800, servers=8, members=1)
    await database.write(
        lambda connection: connection.execute(
            # A page ends in the midst of jobs of the same moment.
            text("UPDATE jobs SET requested_at = requested_at / 86400000000")
        )
    )
    me = make_actor(guild_id=GuildId(FIRST_SERVER), user_id=UserId(FIRST_MEMBER))

    with collecting(database) as asked:
        (file,) = await privacy.export(me, most_bytes=8 * MIB)

    document = json.loads(unpacked(file))
    ids = sorted(f"old{number}" for number in range(1, 4_801))
    assert sorted(job["id"] for job in document["jobs"]) == ids
    places = [(row["guild_id"], row["id"]) for row in document["ledger"]]
    assert places == sorted(set(places))
    assert len(places) == 9_600
    assert len([sql for sql, _ in asked if "FROM ledger" in sql]) == 5
