"""Processes die all the time, and nobody who was answered loses or gets anything twice.

`make soak` has a hundred rounds of 300 commands; TOGETHER_ROUNDS changes their number.
A round takes almost three minutes, and mostly waits: five go at once with
`make soak PYTEST_ARGS="-n 5 tests/together/test_chaos.py"`.
"""

import asyncio
import os
import random
from dataclasses import replace

import pytest

from sandbox.evolink import EvolinkConfig
from tests.selection import thorough
from tests.together.chaos import EVERY_S, ask_meanwhile, die_one_by_one
from tests.together.conftest import OpenTown
from tests.together.town import DISCORD, EVOLINK, Town
from tests.together.verdict import Terms, nothing_is_wrong

ROUNDS = int(os.environ.get("TOGETHER_ROUNDS", "100"))
COMMANDS, COMMANDS_A_DEATH = 300, 10
FEW_DEATHS = 6

FORGETFUL = replace(DISCORD, nonce_window_s=0.0)
UNAWARE = EvolinkConfig(
    total_s=EVOLINK.total_s,
    estimated_time_s=EVOLINK.estimated_time_s,
    idempotency="ignored",
)


async def chaos(town: Town, deaths: int, seed: int) -> None:
    """Let people ask while processes die, and wait until the books agree."""
    chance = random.Random(seed)  # noqa: S311 - the same moments every time
    commands = deaths * COMMANDS_A_DEATH
    await asyncio.gather(
        ask_meanwhile(town, commands, deaths * EVERY_S),
        die_one_by_one(town, deaths, chance),
    )


def accepted(town: Town) -> int:
    return sum(one.accepted for one in town.asked)


@pytest.mark.lengthy
@pytest.mark.timeout(400)
@pytest.mark.parametrize("memory", ["as told", *thorough("none")])
async def test_deaths_of_processes_lose_and_double_nothing(
    opened: OpenTown, memory: str
) -> None:
    """Where keys and nonces are remembered as we are told, and where they are not."""
    remembered = memory == "as told"
    discord, evolink = (DISCORD, EVOLINK) if remembered else (FORGETFUL, UNAWARE)
    async with opened(discord=discord, evolink=evolink) as town:
        await chaos(town, FEW_DEATHS, seed=1)

        terms = Terms(keys=remembered, deaths=FEW_DEATHS, may_fail=not remembered)
        await nothing_is_wrong(town, terms)
        # Somebody was there for them, or all this would prove nothing.
        assert accepted(town) >= FEW_DEATHS


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(max(1, ROUNDS // 4)))
@pytest.mark.parametrize("nonces", [True, False])
@pytest.mark.parametrize("keys", [True, False])
async def test_round_after_round_of_deaths_loses_and_doubles_nothing(
    opened: OpenTown, *, keys: bool, nonces: bool, seed: int
) -> None:
    discord = DISCORD if nonces else FORGETFUL
    evolink = EVOLINK if keys else UNAWARE
    deaths = COMMANDS // COMMANDS_A_DEATH
    async with opened(discord=discord, evolink=evolink) as town:
        await chaos(town, deaths, seed)

        terms = Terms(keys=keys, deaths=deaths, may_fail=not keys)
        await nothing_is_wrong(town, terms)
