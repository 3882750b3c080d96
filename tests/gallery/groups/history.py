"""Who did what to whom: `/moderation history`, and the log channel."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from bot.jobs.states import JobState
from bot.models.choices import Mode
from bot.moderation.history import PAGE_SIZE, HistoryPage
from bot.moderation.ports import AuditRow
from bot.quotas.prices_shown import PricesShown
from bot.servers.audit import AuditEntry, member_subject, role_subject
from cogs.drawing.audit_lines import log_view
from cogs.drawing.moderation_views import history_view
from tests.gallery.scene import NOW, Entry, Scene

Values = dict[str, Any] | None


def entries(scene: Scene) -> list[AuditEntry]:
    """Return an entry of each kind, and each way it is told."""
    mo, ada, ben = scene.mo, scene.ada, scene.ben
    role, of_ben = role_subject(scene.world.moderator_role.id), member_subject(ben)
    review, log = str(scene.world.review.id), str(scene.world.log.id)
    his = {"requester": str(ben)}
    word = {"pattern": "gore", "kind": "word", "applies": "always"}

    def entry(
        actor: int | None,
        action: str,
        subject: str | None,
        before: Values = None,
        after: Values = None,
        reason: str | None = None,
    ) -> AuditEntry:
        return AuditEntry(
            guild_id=scene.guild_id,
            actor_id=None if actor is None else type(ben)(actor),
            at=NOW - timedelta(hours=1),
            action=action,
            subject=subject,
            before=before,
            after=after,
            reason=reason,
        )

    until = {"until": scene.later(days=7).isoformat()}
    return [
        entry(
            ada, "moderation.policy", "server", {"policy": "off"}, {"policy": "review"}
        ),
        entry(
            ada,
            "moderation.policy",
            "server",
            {"policy": "off"},
            {"policy": "restricted"},
        ),
        entry(ada, "moderation.policy", "server", {"policy": "off"}, {"policy": "off"}),
        entry(
            ada,
            "moderation.pictures",
            "server",
            {"pictures": "own"},
            {"pictures": "any"},
        ),
        entry(
            ada,
            "moderation.pictures",
            "server",
            {"pictures": "off"},
            {"pictures": "off"},
        ),
        *(
            entry(
                ada,
                "moderation.models",
                "server",
                {"model": "sora-2-preview", "allowed": True, "default": False},
                {"model": "sora-2-preview", "allowed": allowed, "default": default},
            )
            for allowed, default in ((True, True), (True, False), (False, False))
        ),
        entry(ada, "moderation.spicy-role", role, None, {"allowed": True}),
        entry(ada, "moderation.spicy-role", role, None, {"allowed": False}),
        entry(ada, "moderation.channel", "review", None, {"channel": review}),
        entry(ada, "moderation.channel", "log", None, {"channel": log}),
        entry(ada, "moderation.channel", "review", None, {"channel": None}),
        entry(ada, "moderation.channel", "log", None, {"channel": None}),
        entry(mo, "moderation.word", "server", None, word),
        entry(
            mo,
            "moderation.word",
            "server",
            word,
            word | {"kind": "regex", "applies": "spicy"},
        ),
        entry(mo, "moderation.word", "server", word, None),
        entry(mo, "moderation.block", of_ben, None, {"until": None}),
        entry(mo, "moderation.block", of_ben, None, until, "Spam, again and again."),
        entry(mo, "moderation.unblock", of_ben),
        entry(mo, "review.approved", "job:a", None, his),
        entry(mo, "review.denied", "job:a", None, his, "Please no real people."),
        entry(None, "review.lapsed", "job:a", None, his),
        entry(
            scene.mia, "report.made", "job:a", None, his, "This shows somebody I know."
        ),
        entry(mo, "report.removed", "job:a", None, his),
        entry(mo, "report.dismissed", "job:a", None, his),
        entry(mo, "report.dismissed", "job:a", None, {}),
        entry(ben, "clip.deleted", "job:a", None, his),
        entry(mo, "clip.deleted", "job:a", None, his),
        entry(ada, "quota.limits", of_ben, {}, {"per_day": 5, "per_month": -1}),
        entry(ada, "quota.limits", "members", {"per_day": 5}, {"per_day": 5}),
        entry(ada, "quota.clear", role, {"per_day": 3, "at_once": 2}, {}),
        entry(ada, "quota.clear", "server", {}, {}),
        entry(
            ada,
            "quota.grant",
            of_ben,
            {"left": 0},
            {"left": 4, "granted": 4},
            "Won the contest",
        ),
        entry(ada, "quota.grant", of_ben, {"left": 4}, {"left": 3, "granted": -1}),
        entry(ada, "quota.grant", of_ben, {"left": 0}, {"left": 0, "granted": 0}),
        entry(ada, "quota.reset", of_ben, {"videos": 4}),
        entry(ada, "quota.reset", "server", {"videos": 1}),
        entry(
            ada, "quota.timezone", "server", {"zone": "UTC"}, {"zone": "Europe/Berlin"}
        ),
        *(
            entry(ada, "quota.prices", "server", {"shown": "nobody"}, {"shown": shown})
            for shown in PricesShown
        ),
        entry(None, "quota.spend_warning", "server", None, {"percent": 81}),
        entry(
            None,
            "quota.limit_warning",
            "server",
            None,
            {"percent": 83, "limit": 1500},
        ),
        entry(ada, "preset.add", "server", None, {"name": "pencil"}),
        entry(ada, "preset.add", "server", {"name": "pencil"}, {"name": "pencil"}),
        entry(ada, "preset.remove", "server", {"name": "pencil"}),
        entry(None, "some.thing", "server"),
    ]


def history(scene: Scene) -> Iterator[Entry]:
    """Draw `/moderation history`, page by page."""
    rows = [AuditRow(id=n, entry=one) for n, one in enumerate(entries(scene), 1)]
    pages = -(-len(rows) // PAGE_SIZE)
    for number in range(1, pages + 1):
        shown = rows[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
        page = HistoryPage(rows=shown, number=number, pages=pages, member=None)
        view = history_view(scene.texts, scene.locale, page)
        yield Entry(caption=f"/moderation history, page {number}", shows=view)
    page = HistoryPage(rows=[], number=1, pages=1, member=None)
    view = history_view(scene.texts, scene.locale, page)
    yield Entry(caption="/moderation history, empty", shows=view)


def log_channel(scene: Scene) -> Iterator[Entry]:
    """Draw lines of the log channel."""
    job = scene.job(mode=Mode.SPICY, user_id=scene.ben, state=JobState.DENIED)
    wanted = {"review.denied": job, "moderation.block": None}
    for number, entry in enumerate(entries(scene)):
        if entry.action in wanted:
            row = AuditRow(id=number, entry=entry)
            view = log_view(
                scene.texts, scene.locale, row, wanted[entry.action], number=number
            )
            yield Entry(caption=f"Log channel: {entry.action}", shows=view)
