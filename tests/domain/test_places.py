import pytest

from bot.domain.places import Permission, Place, missing_permissions


def make_place(
    *, allowed: frozenset[Permission] = frozenset(Permission), is_thread: bool = False
) -> Place:
    return Place(
        is_thread=is_thread, is_closed=False, is_age_restricted=False, allowed=allowed
    )


@pytest.mark.parametrize("is_thread", [False, True])
def test_nothing_is_missing_where_all_is_allowed(is_thread: bool) -> None:  # noqa: FBT001 - a parameter
    assert missing_permissions(make_place(is_thread=is_thread)) == ()


@pytest.mark.parametrize("lacking", sorted(Permission))
@pytest.mark.parametrize("is_thread", [False, True])
def test_each_permission_that_the_clip_will_need_is_named(
    lacking: Permission,
    is_thread: bool,  # noqa: FBT001 - a parameter
) -> None:
    """A clip that is paid for must have a place to go."""
    place = make_place(allowed=frozenset(Permission) - {lacking}, is_thread=is_thread)
    other_send = (
        Permission.SEND_MESSAGES if is_thread else Permission.SEND_MESSAGES_IN_THREADS
    )

    expected = () if lacking is other_send else (lacking,)
    assert missing_permissions(place) == expected


def test_what_is_missing_comes_in_a_fixed_order() -> None:
    """So that two people read the same sentence."""
    assert missing_permissions(make_place(allowed=frozenset())) == (
        Permission.VIEW_CHANNEL,
        Permission.SEND_MESSAGES,
        Permission.ATTACH_FILES,
        Permission.EMBED_LINKS,
        Permission.READ_MESSAGE_HISTORY,
    )
