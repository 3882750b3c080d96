"""Which models a server uses: decided, recorded, and kept over a restart."""

from typing import Any

import pytest

from bot.errors import NotAllowed, Refused
from bot.moderation.model_settings import ModelSettings
from bot.moderation.records import ModerationSettings
from storage.database.engine import Database
from storage.moderation.store import SqlModerationStore
from tests.clock import FakeClock
from tests.offers import PLAIN, SEVERAL, WAN
from tests.servers.people import make_actor
from tests.storage.conftest import Select

ADMIN = make_actor(is_manager=True)
GROK, SEEDANCE, SORA = (one.name for one in SEVERAL.models)


@pytest.fixture
def store(database: Database) -> SqlModerationStore:
    return SqlModerationStore(database)


@pytest.fixture
def models(store: SqlModerationStore, clock: FakeClock) -> ModelSettings:
    return ModelSettings(store, SEVERAL, clock)


async def test_a_server_that_has_decided_nothing_uses_all(
    store: SqlModerationStore,
) -> None:
    settings = await store.settings(ADMIN.guild_id)

    assert settings.barred_models == frozenset()
    assert settings.default_model is None


async def test_what_is_decided_is_stored(
    models: ModelSettings, store: SqlModerationStore
) -> None:
    await models.decide(ADMIN, SORA, allowed=False, default=False)
    await models.decide(ADMIN, SEEDANCE, allowed=None, default=True)

    settings = await store.settings(ADMIN.guild_id)
    assert settings == ModerationSettings(
        barred_models=frozenset({SORA}), default_model=SEEDANCE
    )


async def test_the_default_is_allowed_too(models: ModelSettings) -> None:
    await models.decide(ADMIN, SORA, allowed=False, default=False)

    settings = await models.decide(ADMIN, SORA, allowed=None, default=True)

    assert settings.barred_models == frozenset()
    assert settings.default_model == SORA


async def test_a_default_that_is_barred_is_the_default_no_more(
    models: ModelSettings,
) -> None:
    await models.decide(ADMIN, SORA, allowed=True, default=True)

    settings = await models.decide(ADMIN, SORA, allowed=False, default=False)

    assert settings.barred_models == {SORA}
    assert settings.default_model is None


async def test_the_last_model_stays(
    models: ModelSettings, store: SqlModerationStore
) -> None:
    await models.decide(ADMIN, GROK, allowed=False, default=False)
    before = await models.decide(ADMIN, SEEDANCE, allowed=False, default=False)

    with pytest.raises(Refused, match="refused-models-last"):
        await models.decide(ADMIN, SORA, allowed=False, default=False)

    assert await store.settings(ADMIN.guild_id) == before


@pytest.mark.parametrize(
    ("name", "decision", "text_id"),
    [
        (SORA, {"allowed": None, "default": False}, "refused-models-nothing"),
        (SORA, {"allowed": False, "default": True}, "refused-models-default"),
        (WAN, {"allowed": True, "default": False}, "refused-model"),
    ],
)
async def test_what_cannot_be_decided_is_refused(
    models: ModelSettings,
    rows: Select,
    name: str,
    decision: dict[str, Any],
    text_id: str,
) -> None:
    with pytest.raises(Refused) as refusal:
        await models.decide(ADMIN, name, **decision)

    assert refusal.value.text_id == text_id
    assert await rows("SELECT count(*) FROM audit") == [(0,)]


async def test_each_decision_is_recorded(models: ModelSettings, rows: Select) -> None:
    await models.decide(ADMIN, SORA, allowed=False, default=False)

    assert await rows("SELECT action, before, after FROM audit") == [
        (
            "moderation.models",
            '{"model": "sora-2-preview", "allowed": true, "default": false}',
            '{"model": "sora-2-preview", "allowed": false, "default": false}',
        )
    ]


@pytest.mark.parametrize("rights", [{}, {"is_moderator": True}])
async def test_only_admins_decide(
    models: ModelSettings, rights: dict[str, bool]
) -> None:
    with pytest.raises(NotAllowed):
        await models.decide(make_actor(**rights), SORA, allowed=False, default=False)


async def test_a_model_that_is_offered_no_more_does_not_count_as_left(
    store: SqlModerationStore, models: ModelSettings, clock: FakeClock
) -> None:
    """The operator may have taken away all that the server had not barred."""
    await models.decide(ADMIN, GROK, allowed=False, default=False)
    later = ModelSettings(store, PLAIN, clock)

    with pytest.raises(Refused, match="refused-models-last"):
        await later.decide(ADMIN, GROK, allowed=False, default=False)
