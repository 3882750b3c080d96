"""Draws the operator's page from values. Pure: asks nobody, and knows no request.

Everything is escaped where it is inserted (Jinja2's autoescape): names of servers and
what EvoLink answered are strangers' words.
"""

import base64
import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from bot.ids import GuildId
from bot.jobs.states import OPEN_STATES, JobState
from bot.operations.good_news import GOOD_NEWS
from bot.operations.overview.spending import average_of
from bot.operations.overview.values import (
    LatestJob,
    OperatorEvent,
    Overview,
    ProcessRow,
    Spending,
    Stored,
    Waiting,
)
from bot.plain_numbers import days_left
from bot.web.page import charts, words
from bot.web.page.troubles import lines_of, title_of

REFRESH_S = 30
CHART_DAYS = 30
SHOWN_EVENTS = 50


class Drawing:
    """The page's templates, read once."""

    def __init__(
        self,
        *,
        server_name: Callable[[GuildId], str | None],
        sentence: Callable[[OperatorEvent], str],
    ) -> None:
        """Read the templates.

        Args:
            server_name: What a server calls itself; None = unknown.
            sentence: What happened, and what to do about it.
        """
        self._templates = Environment(
            loader=PackageLoader("bot.web.page"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            auto_reload=False,
        )
        self._templates.filters |= {
            "moment": words.moment,
            "duration": words.duration,
            "number": words.number,
            "size": words.size,
            "credits": words.credits_of,
            "name": words.name,
            "marked": words.marked,
        }
        # Compiled now, so that the first reader need not wait for it.
        for name in ("page.html", "login.html", "forbidden.html"):
            self._templates.get_template(name)
        # As it is: what escapes it for HTML would break it.
        style, _, _ = self._templates.loader.get_source(  # type: ignore[union-attr]
            self._templates, "style.css"
        )
        self._style = Markup(style)  # noqa: S704 - our own, and with nothing to escape
        self._given = {"server_name": server_name, "sentence": sentence}

    @property
    def style_hash(self) -> str:
        """The style's hash, as a Content-Security-Policy names it."""
        digest = hashlib.sha256(self._style.encode()).digest()
        return f"sha256-{base64.b64encode(digest).decode()}"

    def page(self, view: Overview, *, refreshes: bool, signed_in: bool) -> str:
        """Return the page.

        `refreshes` says whether the browser reloads it automatically, `signed_in`
        whether there is a session to sign out of.
        """
        stored, lines = view.stored, lines_of(view)
        return self._render(
            "page.html",
            title=title_of(lines),
            refreshes=refreshes,
            signed_in=signed_in,
            view=view,
            stored=stored,
            spending=view.spending,
            lines=lines,
            events=_events(view),
            counts=() if stored is None else _counts(stored),
            charts=() if stored is None else _charts(stored, view.at),
            processes=_processes(view),
            parts=_parts(view),
            versions=_versions(view),
            waits=lambda waiting: _waits(waiting, view.at),
            since=lambda at: words.duration((view.at - at).total_seconds()),
            wait_of=lambda job: _wait_of(job, view.at),
            took=_took,
            width=charts.WIDTH,
            height=charts.HEIGHT,
            **self._given,
            **({} if view.spending is None else _money(view, view.spending)),
        )

    def login(self, problem: str | None) -> str:
        """Return the form that asks for the token; `problem` says what was wrong."""
        return self._render(
            "login.html", title="Clapper", refreshes=False, problem=problem
        )

    def forbidden(self, problem: str) -> str:
        """Return a page that says only why the operator's page is not shown."""
        return self._render(
            "forbidden.html", title="Clapper", refreshes=False, problem=problem
        )

    def _render(self, template: str, **values: Any) -> str:  # noqa: ANN401 - a template takes all
        return self._templates.get_template(template).render(
            style=self._style, refresh_s=REFRESH_S, **values
        )


def _events(view: Overview) -> Sequence[OperatorEvent]:
    stored = () if view.stored is None else view.stored.events
    bad = [one for one in (*view.unsaved_events, *stored) if one.event not in GOOD_NEWS]
    return sorted(bad, key=_told_at, reverse=True)[:SHOWN_EVENTS]


def _told_at(event: OperatorEvent) -> datetime:
    return event.told_at


def _counts(stored: Stored) -> Sequence[tuple[JobState, int]]:
    return [(state, stored.counts.get(state, 0)) for state in JobState]


def _charts(stored: Stored, now: datetime) -> Sequence[charts.Chart]:
    waits = charts.waits_chart(stored.latest)
    return [
        charts.jobs_chart(stored.days, now, CHART_DAYS),
        charts.credits_chart(stored.days, now, CHART_DAYS),
        *([] if waits is None else [waits]),
    ]


def _waits(waiting: Waiting, now: datetime) -> str:
    if waiting.since is None:
        return "none waits" if not waiting.number else ""
    return f"the first for {words.duration((now - waiting.since).total_seconds())}"


def _wait_of(job: LatestJob, now: datetime) -> str:
    """Return how long a job waited in the queue, or waits in it now."""
    if job.first_submit_at is not None:
        until = job.first_submit_at
    elif job.state in {JobState.QUEUED, JobState.SUBMITTING}:
        until = now
    else:
        return "-"
    return words.duration((until - job.requested_at).total_seconds())


def _took(job: LatestJob) -> str:
    """Return how long a job took from the request to its end."""
    if job.state in OPEN_STATES:
        return "-"
    return words.duration((job.state_since - job.requested_at).total_seconds())


def _money(view: Overview, spending: Spending) -> Mapping[str, object]:
    ceiling, percent = "no ceiling is set", None
    if spending.ceiling is not None:
        ceiling = f"of at most {words.credits_of(spending.ceiling)}"
        if spending.ceiling > 0:
            percent = int(100 * spending.month / spending.ceiling)
    balance, lasts = "unknown", "another process, or none yet, has read it"
    if spending.balance is not None:
        balance, lasts = (
            words.credits_of(spending.balance),
            "nothing is used at present",
        )
        if spending.lasts_days is not None:
            lasts = f"lasts {days_left(spending.lasts_days)} at the present rate"
        if view.balance_read_at is not None:
            lasts += f", {words.as_of(view.balance_read_at, view.at)}"
    return {
        "average": average_of(spending.rate_days),
        "ceiling": ceiling,
        "ceiling_percent": percent,
        "balance": balance,
        "lasts": lasts,
    }


def _processes(view: Overview) -> Sequence[ProcessRow]:
    if view.stored is not None and view.stored.processes:
        return view.stored.processes
    this = ProcessRow(
        name=view.process,
        is_this=True,
        is_alive=True,
        version=view.versions.clapper,
        started_at=view.began_at,
        unseen_s=0.0,
        seats=view.health.seats,
        shards=view.health.shards,
    )
    return [this]


def _parts(view: Overview) -> Sequence[tuple[str, object, str]]:
    health = view.health
    gateway = "Discord's gateway (stands by)" if health.standby else "Discord's gateway"
    return (
        (gateway, health.gateway, "for"),
        ("Database", health.database, "answered"),
        ("EvoLink's tasks", health.polling, "heard"),
    )


def _versions(view: Overview) -> Sequence[tuple[str, str]]:
    stored = view.stored
    return (
        ("Clapper", view.versions.clapper),
        ("Python", view.versions.python),
        ("discord.py", view.versions.discord_py),
        ("Database", "unknown" if stored is None else stored.database),
        ("Schema", "unknown" if stored is None else stored.revision),
    )
