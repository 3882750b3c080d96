"""Limits hold over all processes, however many people ask at once."""

import asyncio
from collections import Counter

import pytest

from tests.together.conftest import OpenTown
from tests.together.holders import shared
from tests.together.town import PATIENT, SLOTS, Town
from tests.together.verdict import nothing_is_wrong

COMMANDS = 500
SERVER_LIMIT = 5
CEILING = 30
PRICE = 5.0
"""What EvoLink takes for a clip, in credits."""


async def accepted_of_many(town: Town) -> Counter[int]:
    """Let all ask at once, and some again; return who had a video made, by the server.

    Of those who ask at once some may be refused for others that are refused later.
    """
    await shared(town)
    await asyncio.gather(*(town.ask() for _ in range(COMMANDS)))
    await town.answered(town.asked)
    for _ in range(2 * CEILING):
        await town.answered([await town.ask()])
    await nothing_is_wrong(town)
    return Counter(one.place.guild.id for one in town.asked if one.accepted)


@pytest.mark.lengthy
@pytest.mark.timeout(300)
async def test_500_at_once_never_exceed_the_limits_of_servers(
    opened: OpenTown,
) -> None:
    limit = {"CLAPPER_QUOTAS__SERVER_PER_DAY": str(SERVER_LIMIT)}
    async with opened(discord=PATIENT, **limit) as town:
        accepted = await accepted_of_many(town)

        assert accepted == {one.guild.id: SERVER_LIMIT for one in town.places}
        assert town.evolink.tasks.peak_active <= SLOTS


@pytest.mark.lengthy
@pytest.mark.timeout(300)
async def test_500_at_once_never_exceed_the_ceiling_of_all_servers(
    opened: OpenTown,
) -> None:
    """Each process sees to other servers, and the ceiling is one for all."""
    ceiling = {"CLAPPER_QUOTAS__TOTAL_CREDITS_PER_MONTH": str(CEILING * PRICE)}
    async with opened(discord=PATIENT, **ceiling) as town:
        accepted = await accepted_of_many(town)

        assert accepted.total() == CEILING
        assert town.evolink.ledger.used_credits == CEILING * PRICE
