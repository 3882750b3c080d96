"""Several processes share the work, and nobody sees that they are several."""

import pytest

from tests.together.conftest import OpenTown
from tests.together.verdict import nothing_is_wrong

COMMANDS = 24


@pytest.mark.lengthy
async def test_commands_on_all_shards_are_answered_and_end_in_one_clip(
    opened: OpenTown,
) -> None:
    async with opened() as town:
        for _ in range(COMMANDS):
            await town.ask()

        await nothing_is_wrong(town)

        assert all(one.accepted for one in town.asked)
