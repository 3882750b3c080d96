"""Limits at a glance: bars, sources, and nothing that Discord would refuse."""

import pytest

from bot.domain.ids import UserId
from bot.domain.limits import NO_LIMIT, UNSET, LimitSet, Scope
from bot.domain.quota_settings import LARGEST, GuildQuotas, Target
from bot.texts.texts import LOCALES, Texts
from bot.usecases.quotas import GuildView
from cogs.quota_sheets import (
    ROLES_SHOWN,
    confirmation_sheet,
    guild_sheet,
    limits_line,
    member_sheet,
    target_name,
    usage_sheet,
)
from tests.cogs.drawings import assert_fit_to_send, text_of
from tests.cogs.standings import make_standing
from tests.factories import NOON

MIA = UserId(1_300_000_000_000_000_003)


@pytest.mark.parametrize("locale", LOCALES)
def test_usage_says_when_the_windows_end(texts: Texts, locale: str) -> None:
    """The member's own, and the server's."""
    sheet = usage_sheet(texts, locale, make_standing(MIA, grants=3))

    assert_fit_to_send(sheet)
    assert text_of(sheet).count(f"<t:{int(NOON.timestamp())}:R>") == 4


@pytest.mark.parametrize(
    ("day", "limit", "said"),
    [
        (0, 5, "▱▱▱▱▱▱▱▱▱▱ 0 of 5, 5 left"),
        (2, 5, "▰▰▰▰▱▱▱▱▱▱ 2 of 5, 3 left"),
        (5, 5, "▰▰▰▰▰▰▰▰▰▰ 5 of 5, 0 left"),
        (9, 5, "▰▰▰▰▰▰▰▰▰▰ 9 of 5, 0 left"),
        (0, 0, "▰▰▰▰▰▰▰▰▰▰ 0 of 0, 0 left"),
        (9, NO_LIMIT, "9, no limit"),
    ],
)
def test_a_bar_shows_what_is_used(
    texts: Texts, day: int, limit: int, said: str
) -> None:
    standing = make_standing(MIA, day=day, own=LimitSet(per_day=limit))

    assert f"**Today** {said}" in text_of(usage_sheet(texts, "en-US", standing))


def test_an_admin_sees_whose_limits_these_are(texts: Texts) -> None:
    standing = make_standing(MIA, own=LimitSet(cooldown_s=30))
    shown = text_of(member_sheet(texts, "en-US", standing))

    assert f"Limits of <@{MIA}>" in shown
    assert "30 s between two" in shown
    assert "set for this member alone" in shown
    assert "set by whoever runs this bot" in shown


@pytest.mark.parametrize("locale", LOCALES)
def test_even_the_most_roles_fit(texts: Texts, locale: str) -> None:
    full = LimitSet(per_day=LARGEST, per_month=LARGEST, at_once=0, cooldown_s=LARGEST)
    view = GuildView(
        settings=GuildQuotas(
            zone="America/Argentina/ComodRivadavia",
            server=full,
            members=full,
            roles={1_300_000_000_000_000_000 + number: full for number in range(250)},
            members_with_own=1234,
        ),
        standing=make_standing(UserId(0), own=full),
    )
    sheet = guild_sheet(texts, locale, view)

    assert_fit_to_send(sheet)
    assert text_of(sheet).count("<@&") == ROLES_SHOWN
    assert str(250 - ROLES_SHOWN) in text_of(sheet)


@pytest.mark.parametrize("locale", LOCALES)
def test_the_confirmation_fits(texts: Texts, locale: str) -> None:
    assert_fit_to_send(confirmation_sheet(texts, locale))


def test_limits_are_said_in_one_line(texts: Texts) -> None:
    limits = LimitSet(per_day=0, per_month=NO_LIMIT, at_once=2, cooldown_s=0)

    assert limits_line(texts, "en-US", limits) == (
        "none a day, no limit a month, 2 at a time, no wait between two"
    )
    assert limits_line(texts, "en-US", UNSET) == "nothing set"


@pytest.mark.parametrize(
    ("scope", "name"),
    [
        (Scope.SERVER, "the whole server"),
        (Scope.MEMBERS, "each member"),
        (Scope.ROLE, "<@&7>"),
        (Scope.MEMBER, "<@7>"),
    ],
)
def test_whose_limits_is_said_by_name(texts: Texts, scope: Scope, name: str) -> None:
    assert target_name(texts, "en-US", Target(scope=scope, subject_id=7)) == name
