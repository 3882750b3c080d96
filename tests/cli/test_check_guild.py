"""`clapper check --guild`: what keeps clips from being posted in a server."""

from pathlib import Path
from typing import Any

import pytest

from bot.cli.checks.guild import NEEDED
from tests.cli.checking import lines
from tests.cli.outside import BOT_ID, GENERAL, GUILD_ID, ROLE_ID, Outside, overwrite
from tests.cli.program import Ended, invoked

ADMINISTRATOR, VIEW, SEND, EMBED, ATTACH = (1 << bit for bit in (3, 10, 11, 14, 15))

OTHER_ROLE = "201"


async def checked(outside: Outside, folder: Path) -> Ended:
    """Check the server too."""
    return await invoked("check", "--guild", GUILD_ID, folder=folder, **outside.env)


class TestGuild:
    """The bot's permissions, channel by channel."""

    async def test_a_server_where_all_is_granted(
        self, outside: Outside, tmp_path: Path
    ) -> None:
        category = {"id": "9", "type": 4, "name": "a category"}
        outside.channels = [GENERAL, category]

        ended = await checked(outside, tmp_path)

        assert ended.status == 0
        assert lines(ended.out, "✓")[-2:] == [
            "#general: Clapper has every permission it needs.",
            "Clapper can work in 1 channel of Cinema.",
        ]

    async def test_what_is_lacking_is_named_as_discord_names_it(
        self, outside: Outside, tmp_path: Path
    ) -> None:
        silent = overwrite(GUILD_ID, deny=ATTACH | EMBED)
        private = overwrite(GUILD_ID, deny=VIEW)
        barred = overwrite(BOT_ID, deny=VIEW)
        outside.channels = [
            GENERAL,
            {"id": "2", "type": 0, "name": "silent", "permission_overwrites": [silent]},
            {"id": "3", "type": 0, "name": "staff", "permission_overwrites": [private]},
            {"id": "4", "type": 0, "name": "barred", "permission_overwrites": [barred]},
        ]

        ended = await checked(outside, tmp_path)

        *_, silent_line, staff_line, barred_line, summary = lines(ended.out, "·")
        assert silent_line == "#silent: Clapper lacks Embed Links, Attach Files."
        assert staff_line == "#staff is private, and Clapper is not let in."
        assert barred_line.startswith("#barred: Clapper lacks View Channel, ")
        assert summary == "It cannot work in #silent, #staff, #barred."

    async def test_one_channel_to_work_in_is_enough(
        self, outside: Outside, tmp_path: Path
    ) -> None:
        """Servers close some of theirs to bots; that is no fault."""
        barred = overwrite(BOT_ID, deny=VIEW)
        closed = {"type": 0, "name": "shut", "permission_overwrites": [barred]}
        outside.channels = [{"id": "2", **closed}, GENERAL]

        ended = await checked(outside, tmp_path)

        assert ended.status == 0
        assert lines(ended.out, "✗") == []
        assert "✓ Clapper can work in 1 channel of Cinema." in ended.out

    async def test_no_channel_to_work_in_is_a_fault_that_names_what_is_lacking(
        self, outside: Outside, tmp_path: Path
    ) -> None:
        barred = overwrite(BOT_ID, deny=VIEW)
        outside.channels = [GENERAL | {"permission_overwrites": [barred]}]

        ended = await checked(outside, tmp_path)

        assert ended.status == 1
        assert lines(ended.out, "✗") == ["Clapper can work in no channel of Cinema."]
        assert "#general: Clapper lacks View Channel, " in ended.out

    async def test_two_channels_are_two(self, outside: Outside, tmp_path: Path) -> None:
        outside.channels = [GENERAL, {"id": "2", "type": 0, "name": "other"}]

        ended = await checked(outside, tmp_path)

        assert "✓ Clapper can work in 2 channels of Cinema." in ended.out

    @pytest.mark.parametrize(
        ("overwrites", "is_usable"),
        [
            ([overwrite(GUILD_ID, deny=SEND)], False),
            ([overwrite(GUILD_ID, deny=SEND), overwrite(ROLE_ID, allow=SEND)], True),
            ([overwrite(ROLE_ID, allow=SEND), overwrite(OTHER_ROLE, deny=SEND)], True),
            ([overwrite(ROLE_ID, allow=SEND), overwrite(BOT_ID, deny=SEND)], False),
            ([overwrite(ROLE_ID, deny=SEND), overwrite(BOT_ID, allow=SEND)], True),
            ([overwrite("77", deny=SEND)], True),
        ],
    )
    async def test_overwrites_apply_from_everyone_over_roles_to_the_member(
        self,
        outside: Outside,
        tmp_path: Path,
        overwrites: list[dict[str, Any]],
        *,
        is_usable: bool,
    ) -> None:
        """And among roles, one that allows outweighs one that denies."""
        outside.more_roles = {OTHER_ROLE: 0}
        outside.channels = [GENERAL | {"permission_overwrites": overwrites}]

        ended = await checked(outside, tmp_path)

        assert ended.status == (0 if is_usable else 1)
        assert ("#general: Clapper lacks Send Messages" in ended.out) != is_usable

    async def test_roles_add_up(self, outside: Outside, tmp_path: Path) -> None:
        """And bits that nobody knows yet are left alone."""
        outside.permissions = NEEDED.value & ~ATTACH
        outside.more_roles = {OTHER_ROLE: ATTACH | 1 << 60}

        ended = await checked(outside, tmp_path)

        assert ended.status == 0

    async def test_an_administrator_may_everything_whatever_a_channel_says(
        self, outside: Outside, tmp_path: Path
    ) -> None:
        outside.permissions = ADMINISTRATOR
        everything = [overwrite(GUILD_ID, deny=NEEDED.value)]
        outside.channels = [GENERAL | {"permission_overwrites": everything}]

        ended = await checked(outside, tmp_path)

        assert ended.status == 0

    async def test_what_cannot_be_seen_cannot_be_used(
        self, outside: Outside, tmp_path: Path
    ) -> None:
        barred = overwrite(BOT_ID, deny=VIEW)
        outside.channels = [GENERAL | {"permission_overwrites": [barred]}]

        ended = await checked(outside, tmp_path)

        assert (
            "#general: Clapper lacks View Channel, Send Messages, Embed Links, "
            "Attach Files, Read Message History, Send Messages in Threads."
        ) in ended.out

    async def test_a_kind_of_channel_that_nobody_knows_yet_is_one_sentence(
        self, outside: Outside, tmp_path: Path
    ) -> None:
        outside.channels = [GENERAL, {"id": "2", "type": 99, "name": "new"}]

        ended = await checked(outside, tmp_path)

        assert lines(ended.out, "✗") == [
            (
                "Asked about server 100, Discord answers with something that Clapper "
                "cannot read."
            )
        ]

    async def test_its_owner_may_everything(
        self, outside: Outside, tmp_path: Path
    ) -> None:
        outside.permissions = 0
        outside.owner_id = "900"

        ended = await checked(outside, tmp_path)

        assert ended.status == 0

    async def test_a_server_without_a_usable_channel(
        self, outside: Outside, tmp_path: Path
    ) -> None:
        outside.channels = []

        ended = await checked(outside, tmp_path)

        assert lines(ended.out, "✗") == ["Clapper can work in no channel of Cinema."]

    async def test_a_server_it_was_not_invited_to(
        self, outside: Outside, tmp_path: Path
    ) -> None:
        outside.member = False

        ended = await checked(outside, tmp_path)

        assert lines(ended.out, "✗") == [
            "Clapper is not a member of server 100; invite it first."
        ]
