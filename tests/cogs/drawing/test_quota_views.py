"""Limits at a glance: bars, sources, and nothing that Discord would refuse."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.ids import UserId
from bot.quotas.administration import GuildSummary
from bot.quotas.limits import NO_LIMIT, UNSET, LimitSet, Scope
from bot.quotas.prices_shown import PricesShown
from bot.quotas.settings import LARGEST, GuildQuotas, Target
from bot.quotas.status import QuotaStatus
from bot.texts.texts import Texts
from cogs.drawing.layout import MessageView
from cogs.drawing.quota_views import (
    ROLES_SHOWN,
    confirmation_view,
    guild_view,
    limits_line,
    member_view,
    target_name,
    usage_view,
)
from tests.cogs.drawings import assert_fit_to_send, text_of
from tests.cogs.quota_statuses import DEFAULTS, make_standing
from tests.factories import NOON
from tests.languages import LOCALES

MIA = UserId(1_300_000_000_000_000_003)


@pytest.mark.parametrize("locale", LOCALES)
def test_usage_says_when_the_windows_end(texts: Texts, locale: str) -> None:
    """Once: the member's and the server's end at the same time."""
    quota = make_standing(MIA, grants=3, own=LimitSet(per_day=5, per_month=9))
    view = usage_view(texts, locale, quota)

    assert_fit_to_send(view)
    assert text_of(view).count(f"<t:{int(NOON.timestamp())}:R>") == 2


@pytest.mark.parametrize("locale", LOCALES)
def test_each_window_of_usage_fits_on_one_line_of_a_phone(
    texts: Texts, locale: str
) -> None:
    """A phone shows some 45 characters, and a moment as "in 11 hours"."""
    shown = text_of(usage_view(texts, locale, make_standing(MIA, day=4)))

    windows = [line for line in shown.splitlines() if "▱" in line]
    assert windows
    for line in windows:
        plain = line.replace("**", "").replace(
            f"<t:{int(NOON.timestamp())}:R>", "x" * 13
        )
        assert len(plain) <= 45


@pytest.mark.parametrize(
    ("own", "said"),
    [
        (LimitSet(per_day=3), "-# Today resets <t:1768478400:R>, the month <t:"),
        (LimitSet(per_day=3, per_month=0), "-# Today resets <t:1768478400:R>."),
        (LimitSet(per_day=3, per_month=-1), "-# Today resets <t:1768478400:R>."),
    ],
)
def test_usage_names_the_windows_that_end(
    texts: Texts, own: LimitSet, said: str
) -> None:
    shown = text_of(usage_view(texts, "en-US", make_standing(MIA, own=own)))

    assert shown.splitlines()[-1].startswith(said)


@pytest.mark.parametrize("locale", LOCALES)
def test_usage_shows_no_window_without_a_limit(texts: Texts, locale: str) -> None:
    free = LimitSet(per_day=NO_LIMIT, per_month=NO_LIMIT, at_once=NO_LIMIT)
    shown = text_of(usage_view(texts, locale, make_standing(MIA, own=free)))

    assert texts.say(locale, "quota-unlimited", used=9) in shown
    assert texts.say(locale, "quota-window-per_month") not in shown


@pytest.mark.parametrize("locale", LOCALES)
def test_usage_says_where_a_limit_is_from_only_if_it_is_not_the_usual_one(
    texts: Texts, locale: str
) -> None:
    usual = text_of(usage_view(texts, locale, make_standing(MIA)))
    own = text_of(
        usage_view(texts, locale, make_standing(MIA, own=LimitSet(per_day=9)))
    )

    # One line in small print says when the windows end.
    assert usual.count("-#") == 1
    assert own.count("-#") == 2
    assert texts.say(locale, "quota-source-you") in own


@pytest.mark.parametrize(
    ("day", "limit", "said"),
    [
        (0, 5, "▱▱▱▱▱ 0 of 5\n"),
        (2, 5, "▰▰▱▱▱ 2 of 5\n"),
        (5, 5, "▰▰▰▰▰ 5 of 5\n"),
        (9, 5, "▰▰▰▰▰ 9 of 5\n"),
        (0, 0, "no videos allowed\n"),
        (9, 0, "no videos allowed\n"),
    ],
)
def test_a_bar_shows_what_is_used(
    texts: Texts, day: int, limit: int, said: str
) -> None:
    quota = make_standing(MIA, day=day, own=LimitSet(per_day=limit))

    assert f"**Today** {said}" in text_of(usage_view(texts, "en-US", quota))


def test_an_admin_sees_whose_limits_these_are(texts: Texts) -> None:
    quota = make_standing(MIA, own=LimitSet(cooldown_s=30))
    shown = text_of(member_view(texts, "en-US", quota))

    assert f"Limits of <@{MIA}>" in shown
    assert "30 seconds between videos" in shown
    assert "set for this member" in shown
    assert shown.count("Everything else: bot default.") == 1


def test_an_admin_sees_that_nothing_was_set(texts: Texts) -> None:
    """There is nothing for the rest to be beside."""
    shown = text_of(member_view(texts, "en-US", make_standing(MIA)))

    assert "All limits: bot default." in shown
    assert "Everything else" not in shown


@pytest.mark.parametrize("locale", LOCALES)
def test_even_the_most_roles_fit(texts: Texts, locale: str) -> None:
    full = LimitSet(per_day=LARGEST, per_month=LARGEST, at_once=0, cooldown_s=LARGEST)
    summary = GuildSummary(
        settings=GuildQuotas(
            prices=PricesShown.NOBODY,
            zone="America/Argentina/ComodRivadavia",
            server=full,
            members=full,
            roles={1_300_000_000_000_000_000 + number: full for number in range(250)},
            members_with_own=1234,
            limits_credits=False,
        ),
        quota=make_standing(UserId(0), own=full),
    )
    view = guild_view(texts, locale, summary)

    assert_fit_to_send(view)
    assert text_of(view).count("<@&") == ROLES_SHOWN
    assert str(250 - ROLES_SHOWN) in text_of(view)


@pytest.mark.parametrize("locale", LOCALES)
def test_the_confirmation_fits(texts: Texts, locale: str) -> None:
    assert_fit_to_send(confirmation_view(texts, locale))


def test_limits_are_said_in_one_line(texts: Texts) -> None:
    limits = LimitSet(per_day=0, per_month=NO_LIMIT, at_once=2, cooldown_s=0)

    assert limits_line(texts, "en-US", limits) == (
        "no videos a day, no monthly limit, 2 at a time, no cooldown"
    )
    assert limits_line(texts, "en-US", UNSET) == "nothing set"


@pytest.mark.parametrize(
    ("locale", "cooldown_s", "said"),
    [
        ("en-US", 1, "1 second between videos"),
        ("en-US", 90, "90 seconds between videos"),
        ("en-US", 0.5, "0.5 seconds between videos"),
        ("en-US", 120, "2 minutes between videos"),
        ("en-US", 3600, "1 hour between videos"),
        ("en-US", 172_800, "2 days between videos"),
        ("de", 3600, "Wartezeit: 1 Stunde"),
        ("de", 90, "Wartezeit: 90 Sekunden"),
        ("de", 86_400, "Wartezeit: 1 Tag"),
    ],
)
def test_a_cooldown_is_said_in_the_unit_people_would_use(
    texts: Texts, locale: str, cooldown_s: float, said: str
) -> None:
    assert limits_line(texts, locale, LimitSet(cooldown_s=cooldown_s)) == said


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


@pytest.mark.parametrize("locale", LOCALES)
def test_an_admin_sees_which_limit_the_operator_bounds(
    texts: Texts, locale: str
) -> None:
    """The admin set 100 a day, before the operator lowered the bound."""
    set_before = LimitSet(per_day=100)

    def shown(bound: int) -> str:
        defaults = replace(DEFAULTS, server_most=LimitSet(per_day=bound))
        quota = make_standing(MIA, server=set_before, defaults=defaults)
        return text_of(member_view(texts, locale, quota))

    said = texts.say(locale, "quota-source-bound")
    assert shown(40).count(said) == 1
    assert said not in shown(100)


@pytest.mark.parametrize("draw", [usage_view, member_view])
@pytest.mark.parametrize("locale", LOCALES)
def test_a_bound_that_leaves_less_than_the_limits_is_shown(
    texts: Texts, locale: str, draw: Callable[[Texts, str, QuotaStatus], MessageView]
) -> None:
    """50 a day, 20 of them used; of those that were reset some were made before."""
    defaults = replace(DEFAULTS, server_most=LimitSet(per_day=100, per_month=2000))

    def shown(made: int) -> str:
        quota = make_standing(MIA, made=made, defaults=defaults)
        return text_of(draw(texts, locale, quota))

    def said(made: int) -> str:
        when = f"<t:{int(NOON.timestamp())}:R>"
        return texts.say(locale, "quota-bound-per_day", made=made, limit=100, when=when)

    assert_fit_to_send(
        draw(texts, locale, make_standing(MIA, made=71, defaults=defaults))
    )
    assert said(71) in shown(71)
    assert said(70) not in shown(70)
