"""Presets: one row for each name, and an audit row for each change."""

import pytest

from bot.errors import NotAllowed, NotFound, Refused
from bot.ids import GuildId, UserId
from bot.jobs.video_settings import NOTHING_CHOSEN, VideoSettings
from bot.models.choices import Mode
from bot.requests.preset import MOST_PRESETS, Preset
from bot.requests.presets import Presets
from bot.servers.audit import AuditEntry
from storage.database.engine import Database
from storage.requests.presets import SqlPresets
from tests.clock import FakeClock
from tests.offers import PLAIN, in_servers
from tests.servers.people import make_actor
from tests.storage.conftest import Select

MEMBER = make_actor()
ADMIN = make_actor(user_id=UserId(7), is_moderator=True, is_manager=True)
MODERATOR = make_actor(user_id=UserId(8), is_moderator=True)
HERE, ELSEWHERE = ADMIN.guild_id, GuildId(5)


@pytest.fixture
def presets(database: Database, clock: FakeClock) -> Presets:
    return Presets(SqlPresets(database), in_servers(PLAIN), clock)


def noir(name: str = "Noir", mode: Mode | None = None) -> Preset:
    return Preset(name=name, words="{prompt}, noir", settings=VideoSettings(mode=mode))


async def test_a_preset_is_changed_under_its_name_however_it_is_written(
    presets: Presets, database_url: str, rows: Select
) -> None:
    assert await presets.add(ADMIN, noir()) is True
    assert await presets.add(ADMIN, noir("NOIR", Mode.FUN)) is False

    async with Database.open(database_url, may_write=None) as again:
        kept = await SqlPresets(again).all_of(HERE)
        assert await SqlPresets(again).all_of(ELSEWHERE) == []
    assert kept == [noir("NOIR", Mode.FUN)]
    told = await rows("SELECT actor_id, action, before, after FROM audit ORDER BY id")
    assert [row[:2] for row in told] == [(7, "preset.add")] * 2
    assert told[0][2] is None
    assert '"Noir"' in told[1][2]
    assert '"fun"' in told[1][3]


async def test_a_preset_is_removed_once(presets: Presets, rows: Select) -> None:
    await presets.add(ADMIN, noir())

    assert await presets.remove(ADMIN, " nOIR") == noir()
    with pytest.raises(NotFound, match="not-found-preset"):
        await presets.remove(ADMIN, "noir")

    assert await presets.all_of(ADMIN) == []
    told = await rows("SELECT action FROM audit ORDER BY id")
    assert told == [("preset.add",), ("preset.remove",)]


@pytest.mark.parametrize("actor", [MEMBER, MODERATOR])
async def test_only_admins_keep_presets(presets: Presets, actor: object) -> None:
    await presets.add(ADMIN, noir())

    with pytest.raises(NotAllowed, match="not-allowed-managers"):
        await presets.add(actor, noir("other"))  # type: ignore[arg-type]
    with pytest.raises(NotAllowed, match="not-allowed-managers"):
        await presets.remove(actor, "noir")  # type: ignore[arg-type]
    with pytest.raises(NotAllowed, match="not-allowed-managers"):
        await presets.all_of(actor)  # type: ignore[arg-type]

    assert await presets.all_of(ADMIN) == [noir()]


async def test_a_full_list_takes_changes_and_no_more(
    presets: Presets, rows: Select
) -> None:
    for number in range(MOST_PRESETS):
        await presets.add(ADMIN, noir(f"style {number}"))

    with pytest.raises(Refused, match="refused-presets-many") as refusal:
        await presets.add(ADMIN, noir("one more"))
    assert refusal.value.values == {"most": MOST_PRESETS}
    assert await presets.add(ADMIN, noir("Style 0", Mode.FUN)) is False

    assert await rows("SELECT count(*) FROM presets") == [(MOST_PRESETS,)]
    assert await rows("SELECT count(*) FROM audit") == [(MOST_PRESETS + 1,)]


@pytest.mark.parametrize(
    ("preset", "text_id"),
    [
        (Preset(name="", words="{prompt}", settings=NOTHING_CHOSEN), "preset-name"),
        (Preset(name="a", words="x", settings=NOTHING_CHOSEN), "preset-placeholder"),
        (
            Preset(name="a", words="{prompt}", settings=VideoSettings(duration_s=30)),
            "duration",
        ),
        (
            Preset(name="a", words="{prompt}", settings=VideoSettings(quality="480p")),
            "quality",
        ),
    ],
)
async def test_what_cannot_be_used_is_not_kept(
    presets: Presets, rows: Select, preset: Preset, text_id: str
) -> None:
    with pytest.raises(Refused, match=f"refused-{text_id}"):
        await presets.add(ADMIN, preset)

    assert await rows("SELECT count(*) FROM audit") == [(0,)]


async def test_everybody_is_suggested_the_names_that_fit_best_first(
    presets: Presets,
) -> None:
    for name in ("Film noir", "Noir", "Sketch"):
        await presets.add(ADMIN, noir(name))

    assert await presets.names(MEMBER, "", 25) == ["Film noir", "Noir", "Sketch"]
    assert await presets.names(MEMBER, "NO", 25) == ["Noir", "Film noir"]
    assert await presets.names(MEMBER, "", 1) == ["Film noir"]
    assert await presets.names(make_actor(guild_id=ELSEWHERE), "", 25) == []


async def test_a_record_that_refuses_leaves_all_as_it_was(database: Database) -> None:
    store = SqlPresets(database)

    def record(before: Preset | None, count: int) -> AuditEntry:
        assert (before, count) == (None, 0)
        raise Refused("refused-presets-many")

    with pytest.raises(Refused):
        await store.put(HERE, noir(), record)

    assert await store.all_of(HERE) == []
