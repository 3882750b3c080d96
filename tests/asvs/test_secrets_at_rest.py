"""After a real run neither secret stands anywhere that is kept."""

from pathlib import Path

from bot.demo.stage import Stage
from sandbox.discord.permissions import Permission
from tests.e2e.channel import PATIENCE_S, ask, posts
from tests.e2e.conftest import OpenStage, open_world, quick

__all__ = ["open_world"]

KEY = "evolink-key-that-nobody-may-read"


async def test_no_secret_is_in_the_log_the_database_or_an_address(
    open_world: OpenStage,
) -> None:
    """At the most talkative level, with a failure on the way."""
    stage = await open_world(
        quick(api_key=KEY), CLAPPER_LOG__LEVEL="debug", CLAPPER_LOG__FORMAT="json"
    )
    await ask(stage, "[[fail:service_error]]")
    handle = await stage.discord.slash(
        stage.world.member, stage.world.general, "video", {"prompt": "a kite"}
    )
    await handle.answer()
    general, bot = stage.world.general, stage.discord.world.bot
    stage.discord.world.set_overwrite(general, bot, deny=Permission.VIEW_CHANNEL)
    # By its token alone can this one be told.
    await stage.discord.wait_until(
        lambda: bool(stage.discord.requests_to("PATCH", "/webhooks/.*")), PATIENCE_S
    )
    stage.discord.world.clear_overwrite(general, bot)
    await ask(stage, "a fox's \"tail\"'; DROP TABLE jobs; --\r\nlevel=error")
    await posts(stage, 2)
    await stage.bot.stop()

    secrets = [KEY.encode(), stage.discord.config.token.encode()]
    assert handle.interaction.token not in stage.bot.log()
    kept = {
        path.name: path.read_bytes() for path in _files(stage) if path.is_file()
    } | {"log": stage.bot.log().encode()}
    for name, content in kept.items():
        for secret in secrets:
            assert secret not in content, name
    asked = [one.path for one in stage.evolink.requests]
    asked += [one.path + one.query for one in stage.discord.requests]
    for path in asked:
        assert KEY not in path
        assert stage.discord.config.token not in path


def _files(stage: Stage) -> list[Path]:
    return list(stage.folder.rglob("*"))
