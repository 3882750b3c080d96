"""What admins see of limits: `/quota`."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from bot.charts.picture import report_png
from bot.ids import UserId
from bot.quotas.administration import GuildSummary
from bot.quotas.limits import NO_LIMIT, DefaultLimits, LimitSet, Scope, SetLimits
from bot.quotas.month import MonthSoFar, month_at
from bot.quotas.prices_shown import PricesShown
from bot.quotas.report import MemberLine, QuotaReport
from bot.quotas.settings import GuildQuotas, Target
from cogs.drawing.layout import sentence_view
from cogs.drawing.list_page import price_view
from cogs.drawing.markup import mention
from cogs.drawing.quota_views import (
    ROLES_SHOWN,
    confirmation_view,
    guild_view,
    limits_line,
    member_view,
    target_name,
)
from cogs.quotas.report import CHART, TABLE, report_view, report_words
from tests.gallery.quota_statuses import DEFAULTS, quota_status
from tests.gallery.scene import NOW, Entry, Scene

ZONE = "Europe/Berlin"
EVERY = LimitSet(per_day=10, per_month=100, at_once=3, cooldown_s=3600)
PAID = LimitSet(
    credits_per_day=120, credits_per_month=2000, longest_s=15, best_quality=720
)
ANY = LimitSet(
    credits_per_day=NO_LIMIT,
    credits_per_month=NO_LIMIT,
    longest_s=NO_LIMIT,
    best_quality=NO_LIMIT,
)
NONE = LimitSet(per_day=0, per_month=0, at_once=0, cooldown_s=0)
FREE = LimitSet(
    per_day=NO_LIMIT, per_month=NO_LIMIT, at_once=NO_LIMIT, cooldown_s=NO_LIMIT
)


def views(scene: Scene) -> Iterator[Entry]:
    """Draw `/quota view`."""
    boosters = scene.world.moderator_role.id

    def server(
        caption: str,
        limits: SetLimits,
        own: int,
        prices: PricesShown = PricesShown.NOBODY,
    ) -> Entry:
        quotas = GuildQuotas(
            zone=ZONE,
            prices=prices,
            server=limits.server,
            members=limits.members,
            roles=limits.roles,
            members_with_own=own,
            limits_credits=False,
        )
        # The view is of nobody in particular: roles are listed, not applied.
        of_nobody = SetLimits(server=limits.server, members=limits.members, roles={})
        summary = GuildSummary(
            settings=quotas, quota=quota_status(scene, limits=of_nobody)
        )
        view = guild_view(scene.texts, scene.locale, summary)
        fits = len(limits.roles) <= ROLES_SHOWN
        return Entry(caption=caption, shows=view, pictured=fits)

    def member(
        caption: str,
        limits: SetLimits,
        grants: int = 0,
        defaults: DefaultLimits = DEFAULTS,
        made: int = 20,
    ) -> Entry:
        shown = quota_status(
            scene, day=3, limits=limits, grants=grants, defaults=defaults, made=made
        )
        view = member_view(scene.texts, scene.locale, shown)
        return Entry(caption=caption, shows=view)

    yield server("/quota view, nothing set", SetLimits(roles={}), 0)
    everything = SetLimits(
        server=LimitSet(per_day=40, per_month=400, at_once=5),
        members=LimitSet(per_day=4, cooldown_s=90),
        roles={boosters: EVERY, scene.world.admin_role.id: FREE},
    )
    yield server("/quota view, much set", everything, 1)
    many = {boosters + number: LimitSet(per_day=7) for number in range(ROLES_SHOWN + 1)}
    yield server("/quota view, more roles than fit", SetLimits(roles=many), 12)
    yield server(
        "/quota view, nothing allowed",
        SetLimits(server=NONE, members=NONE, roles={}),
        0,
    )
    yield member("/quota view member", SetLimits(roles={}))
    own = SetLimits(member=LimitSet(per_day=8), roles={})
    yield member("One limit of their own", own)
    sources = SetLimits(
        server=LimitSet(per_day=40),
        members=LimitSet(per_month=30),
        roles={boosters: LimitSet(at_once=4)},
        member=LimitSet(per_day=8, cooldown_s=90),
    )
    yield member("Limits from everywhere", sources, grants=1)
    for shown in (PricesShown.ADMINS, PricesShown.EVERYONE):
        yield server(f"Prices for {shown}", SetLimits(roles={}), 0, shown)
    paid = SetLimits(server=PAID, members=PAID, roles={boosters: PAID})
    yield server("/quota view, limits in credits", paid, 0)
    yield member("Limits in credits", paid)
    free = DefaultLimits(server=FREE, member=FREE, server_most=FREE)
    yield member("Without any limit", SetLimits(roles={}), defaults=free)
    bounded = replace(DEFAULTS, server_most=LimitSet(per_day=25, per_month=300))
    more = SetLimits(server=LimitSet(per_day=100), roles={})
    yield member("Limited by the operator", more, defaults=bounded)
    yield member("More was made than still counts", more, defaults=bounded, made=25)


def changes(scene: Scene) -> Iterator[Entry]:
    """Say what a command of `/quota` did."""

    def changed(caption: str, text_id: str, scope: Scope, limits: LimitSet) -> Entry:
        number = {Scope.ROLE: scene.world.moderator_role.id, Scope.MEMBER: scene.mia}
        target = Target(scope=scope, subject_id=number.get(scope, 0))
        sentence = scene.say(
            text_id,
            target=target_name(scene.texts, scene.locale, target),
            limits=limits_line(scene.texts, scene.locale, limits),
        )
        return Entry(caption=caption, shows=sentence)

    for caption, scope, limits in (
        ("/quota server", Scope.SERVER, LimitSet(per_day=40, per_month=-1, at_once=5)),
        ("/quota members", Scope.MEMBERS, EVERY),
        ("/quota role, no limits", Scope.ROLE, FREE),
        ("/quota member, nothing allowed", Scope.MEMBER, NONE),
        ("/quota member, nothing set", Scope.MEMBER, LimitSet()),
        ("/quota members, credits", Scope.MEMBERS, PAID),
        ("/quota members, any credits", Scope.MEMBERS, ANY),
    ):
        yield changed(caption, "quota-changed", scope, limits)
    for scope in (Scope.SERVER, Scope.MEMBERS):
        caption = f"/quota clear {scope}"
        yield changed(caption, "quota-cleared-default", scope, LimitSet())
    for scope in (Scope.ROLE, Scope.MEMBER):
        yield changed(f"/quota clear {scope}", "quota-cleared", scope, LimitSet())
    member = mention(scene.mia)
    for before, after in ((0, 3), (3, 1), (1, 0)):
        granted = scene.say("quota-granted", member=member, before=before, after=after)
        yield Entry(caption=f"/quota grant, {before} to {after}", shows=granted)
    for count in (0, 1, 4):
        said = scene.say("quota-reset-member", member=member, count=count)
        yield Entry(caption=f"/quota reset member, {count}", shows=said)
    question = confirmation_view(scene.texts, scene.locale)
    yield Entry(caption="/quota reset", shows=question)
    for count in (0, 1, 17):
        said = scene.say("quota-reset-everybody", count=count)
        yield Entry(caption=f"Everyone reset, {count}", shows=sentence_view(said))
    kept = sentence_view(scene.say("quota-kept"))
    yield Entry(caption="Nobody reset", shows=kept)
    zone = scene.say("quota-zone-set", zone=ZONE)
    yield Entry(caption="/quota timezone", shows=zone)
    yield from _prices(scene)


def _prices(scene: Scene) -> Iterator[Entry]:
    for shown in PricesShown:
        said = scene.say(f"quota-prices-set-{shown}")
        yield Entry(caption=f"/quota prices {shown}", shows=said)
    view = price_view(scene.texts, scene.locale, scene.job(credits_used=5.0))
    yield Entry(caption="Show credits", shows=view)


def lengths(scene: Scene) -> Iterator[Entry]:
    """Say a cooldown of every length."""
    for seconds in (1, 45, 60, 300, 3600, 7200, 86_400, 172_800):
        line = limits_line(scene.texts, scene.locale, LimitSet(cooldown_s=seconds))
        target = Target(scope=Scope.MEMBERS)
        name = target_name(scene.texts, scene.locale, target)
        said = scene.say("quota-changed", target=name, limits=line)
        yield Entry(caption=f"A cooldown of {seconds} s", shows=said)


def reports(scene: Scene) -> Iterator[Entry]:
    """Draw `/quota report`."""
    names = {scene.mia: "Mia", scene.ben: "Ben"}
    month = [
        (scene.mia, [0, 2, 3, 0, 1, 4, 2] * 4),
        (scene.ben, [1, 0, 2, 2, 0, 1, 0] * 4),
        *((UserId(500 + number), [0, 1] * 14) for number in range(7)),
    ]
    for caption, made, limit in (
        ("/quota report", month, None),
        ("Credits are limited", month, 1000),
        ("One day, one video", [(scene.mia, [1])], None),
        ("Nothing", [], None),
    ):
        days = len(made[0][1]) if made else 7
        report = _report(days, made, limit)
        words = report_words(scene.texts, scene.locale, report)
        chart = report_png(report, names, words)
        yield Entry(
            caption=caption,
            shows=report_view(scene.texts, scene.locale, report),
            files={CHART: chart, TABLE: b"member,videos\r\n"},
        )


def _report(
    days: int, made: list[tuple[UserId, list[int]]], limit: int | None
) -> QuotaReport:
    today = date(NOW.year, NOW.month, NOW.day)
    span = month_at(NOW, ZONE)
    by_day = [sum(day) for day in zip(*(counts for _, counts in made), strict=True)]
    this_month = by_day[-span.today - 1 :]
    this_month = [0] * (span.today + 1 - len(this_month)) + this_month
    return QuotaReport(
        days=[today - timedelta(days=ago) for ago in range(days - 1, -1, -1)],
        members=[_line(user_id, sum(counts)) for user_id, counts in made],
        by_day=dict(made),
        zone=ZONE,
        month=MonthSoFar(
            span=span,
            videos=sum(this_month),
            credits=4.9 * sum(this_month),
            credits_by_day=[4.9 * day for day in this_month],
            credits_limit=limit,
        ),
        limits_credits=limit is not None,
    )


def _line(user_id: UserId, delivered: int) -> MemberLine:
    failed = delivered // 8
    return MemberLine(
        user_id=user_id,
        requested=delivered + failed,
        counted=delivered,
        delivered=delivered,
        cancelled=0,
        without_clip=failed,
        open=0,
        credits=4.9 * delivered if delivered > 1 else 1,
        credits_open=0.0,
    )
