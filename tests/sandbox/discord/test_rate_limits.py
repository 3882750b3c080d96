"""Being too fast."""

from collections.abc import AsyncIterator

import pytest

from sandbox.discord.config import SandboxConfig
from sandbox.discord.rate_limits import Quota, RateLimits
from sandbox.discord.server import DiscordSandbox
from sandbox.discord.standard_world import StandardWorld
from tests.sandbox.discord.client import Rest

# Windows so long that no machine is slow enough to slip into the next one.
LIMITS = RateLimits(
    quotas={"message-create": Quota(requests=2, per_s=600.0)}, global_per_s=4
)


@pytest.fixture
async def service() -> AsyncIterator[DiscordSandbox]:
    async with DiscordSandbox(SandboxConfig(rate_limits=LIMITS)) as discord:
        yield discord


async def test_a_channel_takes_so_many_messages_and_says_how_many_are_left(
    service: DiscordSandbox, place: StandardWorld, rest: Rest
) -> None:
    path = f"/channels/{place.general.id}/messages"

    first, _, third = [await rest.post(path, {"content": "x"}) for _ in range(3)]
    elsewhere = await rest.post(f"/channels/{place.log.id}/messages", {"content": "x"})

    assert first.headers["X-RateLimit-Limit"] == "2"
    assert first.headers["X-RateLimit-Remaining"] == "1"
    assert third.status == 429
    assert third.body["global"] is False
    assert 0 < third.body["retry_after"] <= 600
    assert float(third.headers["X-RateLimit-Reset-After"]) > 0
    assert third.headers["X-RateLimit-Scope"] == "user"
    assert third.headers["Via"]
    assert elsewhere.status == 200
    assert (
        elsewhere.headers["X-RateLimit-Bucket"] == (first.headers["X-RateLimit-Bucket"])
    )
    assert len(service.messages(place.general)) == 2


async def test_a_window_opens_again(
    service: DiscordSandbox, place: StandardWorld, rest: Rest
) -> None:
    short = {"message-create": Quota(requests=1, per_s=0.05)}
    service.limiter.limits = RateLimits(quotas=short, global_per_s=1000)
    path = f"/channels/{place.general.id}/messages"
    await rest.post(path, {"content": "x"})

    async def passes() -> bool:
        return (await rest.post(path, {"content": "x"})).status == 200

    # However fast this machine asks: some request comes after the window's end.
    while not await passes():
        pass


async def test_all_requests_together_are_limited_but_not_those_by_token(
    rest: Rest, anonymous: Rest, place: StandardWorld
) -> None:
    assert place.guild.id
    replies = [await rest.get("/users/@me") for _ in range(50)]

    refused = [one for one in replies if one.status == 429]
    assert refused
    assert refused[0].body["global"] is True
    assert refused[0].headers["X-RateLimit-Global"] == "true"
    for _ in range(10):
        assert (await anonymous.post("/webhooks/1/token", {})).status == 404


def test_the_defaults_are_discords() -> None:
    assert RateLimits().global_per_s == 50
    assert RateLimits().quotas["message-create"] == Quota(requests=5, per_s=5.0)
