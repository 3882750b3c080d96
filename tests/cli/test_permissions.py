"""Discord's arithmetic of permissions, on Discord's own JSON."""

from typing import Any

import pytest

from bot.cli.checks.permissions import (
    EVERYTHING,
    NEEDED,
    Permission,
    missing,
    of_channel,
    of_guild,
)

GUILD, BOT_ROLE, OTHER_ROLE, ME = "1", "2", "3", "99"
VIEW, SEND = Permission.VIEW_CHANNEL, Permission.SEND_MESSAGES
ATTACH = Permission.ATTACH_FILES


def role(role_id: str, bits: int) -> dict[str, Any]:
    return {"id": role_id, "permissions": str(bits)}


def overwrite(target: str, *, allow: int = 0, deny: int = 0) -> dict[str, Any]:
    return {"id": target, "allow": str(int(allow)), "deny": str(int(deny))}


def ours(base: Permission, *overwrites: dict[str, Any]) -> Permission:
    held = [BOT_ROLE, OTHER_ROLE]
    return of_channel(base, overwrites, held, guild_id=GUILD, member_id=ME)


def test_roles_add_up_and_everyone_holds_the_server_s_own() -> None:
    roles = [role(GUILD, VIEW), role(BOT_ROLE, SEND), role(OTHER_ROLE, ATTACH)]

    assert of_guild(roles, [BOT_ROLE], GUILD) == VIEW | SEND


def test_an_administrator_may_everything_whatever_a_channel_says() -> None:
    roles = [role(GUILD, 0), role(BOT_ROLE, Permission.ADMINISTRATOR)]
    base = of_guild(roles, [BOT_ROLE], GUILD)

    assert ours(base, overwrite(GUILD, deny=EVERYTHING)) == EVERYTHING


def test_bits_we_do_not_know_are_left_alone() -> None:
    assert of_guild([role(GUILD, 1 << 50 | VIEW)], [], GUILD) == VIEW


@pytest.mark.parametrize(
    ("overwrites", "left"),
    [
        ([overwrite(GUILD, deny=SEND)], VIEW | ATTACH),
        ([overwrite(GUILD, deny=SEND), overwrite(BOT_ROLE, allow=SEND)], None),
        (
            [overwrite(BOT_ROLE, allow=SEND), overwrite(OTHER_ROLE, deny=SEND)],
            None,
        ),
        ([overwrite(BOT_ROLE, allow=SEND), overwrite(ME, deny=SEND)], VIEW | ATTACH),
        ([overwrite(BOT_ROLE, deny=SEND), overwrite(ME, allow=SEND)], None),
        ([overwrite("77", deny=SEND)], None),
    ],
)
def test_overwrites_apply_from_everyone_over_roles_to_the_member(
    overwrites: list[dict[str, Any]], left: Permission | None
) -> None:
    """And among roles, one that allows outweighs one that denies."""
    base = VIEW | SEND | ATTACH

    assert ours(base, *overwrites) == (base if left is None else left)


def test_what_cannot_be_seen_cannot_be_used() -> None:
    assert ours(VIEW | SEND, overwrite(GUILD, deny=VIEW)) == Permission(0)


def test_what_is_missing_has_the_names_that_people_see() -> None:
    held = Permission(sum(NEEDED)) & ~(ATTACH | Permission.SEND_MESSAGES_IN_THREADS)

    assert [permission.title for permission in missing(held)] == [
        "Attach Files",
        "Send Messages in Threads",
    ]
