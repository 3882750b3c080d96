"""The answer to `/quota report`: a chart, a table, and a few lines to read at once."""

import asyncio
import io
from collections.abc import Iterable, Mapping

import discord
from discord import ui

from bot.charts.picture import SHOWN, report_png
from bot.charts.style import MonthWords, Words
from bot.charts.table import report_csv
from bot.errors import MessengerError
from bot.ids import UserId
from bot.quotas.administration import Quotas
from bot.quotas.month import MonthSoFar
from bot.quotas.report import QuotaReport
from bot.texts.texts import Texts
from cogs.drawing.layout import MessageView, framed, small
from cogs.drawing.markup import member_name
from cogs.wire.discord_wire import DiscordWire
from cogs.wire.places import actor_of

CHART = "clapper-report.png"
TABLE = "clapper-report.csv"
LISTED = 10
NAMES_WITHIN_S = 5.0
WHOLE_FROM = 100
"""Credits from here on are shown without a decimal."""


class QuotaReportAnswer:
    """Draws reports in a thread of their own, one at a time."""

    def __init__(self, quotas: Quotas, texts: Texts, wire: DiscordWire) -> None:
        self._quotas = quotas
        self._wire = wire
        self._texts = texts
        # The drawing library is not made for several threads at once.
        self._drawing = asyncio.Lock()

    async def answer(self, interaction: discord.Interaction, days: int) -> None:
        """Answer with the report over so many days, for the reader alone."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        report = await self._quotas.report(actor_of(interaction), days)
        locale = str(interaction.locale)
        names = await _names(
            self._wire,
            interaction.guild,
            [line.user_id for line in report.members[:SHOWN]],
        )
        title = report_title(self._texts, locale, report)
        words = report_words(self._texts, locale, report)
        async with self._drawing:
            chart = await asyncio.to_thread(report_png, report, names, words)
            table = await asyncio.to_thread(report_csv, report, names)
        await interaction.edit_original_response(
            view=report_view(self._texts, locale, report),
            attachments=[
                discord.File(io.BytesIO(chart), CHART, description=title),
                discord.File(io.BytesIO(table), TABLE),
            ],
        )


def report_words(texts: Texts, locale: str, report: QuotaReport) -> Words:
    """Return the words in the chart, in the reader's language."""

    def say(text_id: str, amount: float) -> str:
        return texts.say(locale, text_id, credits=_rounded(amount))

    month = report.month
    forecast, limit = month.forecast, month.credits_limit
    return Words(
        others=texts.say(locale, "quota-report-others"),
        nothing=texts.say(locale, "quota-report-nothing"),
        day=lambda day: texts.day(locale, day),
        number=lambda number: texts.say(locale, "quota-report-number", number=number),
        month=MonthWords(
            title=texts.say(locale, "quota-report-month"),
            so_far=say("quota-report-so-far", month.credits),
            forecast=None
            if forecast is None
            else say("quota-report-forecast", forecast.credits),
            limit=None if limit is None else say("quota-report-limit", limit),
        ),
    )


def report_title(texts: Texts, locale: str, report: QuotaReport) -> str:
    """Say what a report is about: also what the chart is for those who cannot see."""
    return texts.say(locale, "quota-report-title", days=len(report.days))


def report_view(texts: Texts, locale: str, report: QuotaReport) -> MessageView:
    """Draw a report around its chart and its table, which come as files."""
    say = texts.say
    title = report_title(texts, locale, report)
    sums = say(
        locale,
        "quota-report-sums",
        delivered=report.delivered,
        requested=report.requested,
        credits=_rounded(report.credits),
    )
    lines = [
        say(
            locale,
            "quota-report-line",
            member=member_name(texts, locale, line.user_id),
            delivered=line.delivered,
            requested=line.requested,
            credits=_rounded(line.credits),
        )
        for line in report.members[:LISTED]
    ]
    month = _month_line(texts, locale, report.month)
    note = small(say(locale, "quota-report-zone", zone=report.zone))
    chart = discord.MediaGalleryItem(
        f"attachment://{CHART}", description=f"{title}: {sums}"
    )
    return MessageView(
        framed(
            [f"### {title}\n{sums}\n{month}"],
            ui.MediaGallery(chart),
            ui.TextDisplay("\n".join([*lines, note])),
            ui.File(f"attachment://{TABLE}"),
        )
    )


def _month_line(texts: Texts, locale: str, month: MonthSoFar) -> str:
    """Say what the month comes to so far, and what it will at this rate."""

    def say(text_id: str, videos: float, amount: float, **more: object) -> str:
        return texts.say(
            locale, text_id, videos=round(videos), credits=_rounded(amount), **more
        )

    lines = [say("quota-report-month-so-far", month.videos, month.credits)]
    if month.forecast is None:
        lines.append(texts.say(locale, "quota-report-too-early"))
    else:
        until = texts.day(locale, month.span.days[-1])
        forecast = month.forecast
        lines.append(
            say(
                "quota-report-month-ends",
                forecast.videos,
                forecast.credits,
                until=until,
            )
        )
    if month.credits_limit is not None:
        limit = month.credits_limit
        lines.append(texts.say(locale, "quota-report-allowed", credits=limit))
    return " ".join(lines)


def _rounded(amount: float) -> float:
    """Return credits with a decimal only where they are few."""
    return round(amount, 1) if amount < WHOLE_FROM else round(amount)


async def _names(
    wire: DiscordWire, guild: discord.Guild | None, user_ids: Iterable[UserId]
) -> Mapping[UserId, str]:
    """Return the names of those who are in the server; others go without."""
    if guild is None:
        return {}
    found: dict[UserId, str] = {}
    for user_id in user_ids:
        try:
            async with wire.asking("read member", within_s=NAMES_WITHIN_S):
                member = await guild.fetch_member(user_id)
        except MessengerError:
            continue
        found[user_id] = member.display_name
    return found
