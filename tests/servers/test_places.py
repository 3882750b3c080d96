"""Whether a clip could be posted in a place."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.servers.places import Permission, Place, missing_permissions, place_fault

NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)


def make_place(**changes: Any) -> Place:
    fields: dict[str, Any] = {
        "is_in_server": True,
        "takes_messages": True,
        "is_thread": False,
        "is_voice": False,
        "is_hidden": False,
        "timed_out_until": None,
        "is_closed": False,
        "is_age_restricted": False,
        "allowed": frozenset(Permission),
    }
    return Place(**(fields | changes))


KINDS: dict[str, dict[str, bool]] = {
    "text": {},
    "thread": {"is_thread": True},
    "voice": {"is_voice": True},
}
NEEDED_BY_FEW = {
    Permission.SEND_MESSAGES: {"text", "voice"},
    Permission.SEND_MESSAGES_IN_THREADS: {"thread"},
    Permission.CONNECT: {"voice"},
}


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_missing_where_all_is_allowed(kind: str) -> None:
    assert missing_permissions(make_place(**KINDS[kind])) == ()


@pytest.mark.parametrize("lacking", sorted(Permission))
@pytest.mark.parametrize("kind", KINDS)
def test_each_permission_that_the_clip_will_need_is_named(
    lacking: Permission, kind: str
) -> None:
    """A clip that is paid for must have a place to go."""
    place = make_place(allowed=frozenset(Permission) - {lacking}, **KINDS[kind])

    expected = (lacking,) if kind in NEEDED_BY_FEW.get(lacking, KINDS) else ()
    assert missing_permissions(place) == expected


def test_what_is_missing_comes_in_a_fixed_order() -> None:
    """So that two people read the same sentence."""
    assert missing_permissions(make_place(allowed=frozenset(), is_voice=True)) == (
        Permission.VIEW_CHANNEL,
        Permission.CONNECT,
        Permission.SEND_MESSAGES,
        Permission.ATTACH_FILES,
        Permission.EMBED_LINKS,
        Permission.READ_MESSAGE_HISTORY,
    )


@pytest.mark.parametrize(
    ("changes", "text_id"),
    [
        ({}, None),
        ({"is_in_server": False}, "refused-not-a-member"),
        ({"takes_messages": False}, "refused-channel-kind"),
        ({"is_hidden": True}, "refused-thread-private"),
        ({"is_closed": True}, "refused-thread-closed"),
        ({"timed_out_until": NOW + timedelta(seconds=1)}, "refused-timed-out"),
        ({"timed_out_until": NOW}, None),
    ],
)
def test_where_no_permission_would_help_the_reason_is_named(
    changes: dict[str, Any], text_id: str | None
) -> None:
    assert place_fault(make_place(**changes), NOW) == text_id
