"""Several processes share the work, and nobody sees that they are several."""

import pytest

from tests.together.conftest import OpenTown
from tests.together.holders import shared
from tests.together.town import PATIENT
from tests.together.verdict import nothing_is_wrong

COMMANDS = 24


@pytest.mark.lengthy
async def test_commands_on_all_shards_are_answered_and_end_in_one_clip(
    opened: OpenTown,
) -> None:
    async with opened(discord=PATIENT) as town:
        await shared(town)
        await town.have_taken(COMMANDS)

        await nothing_is_wrong(town)

        assert sum(one.accepted for one in town.asked) == COMMANDS
