"""`/about`: what Clapper can do here, whose it is, and how to erase one's data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import discord
from discord import app_commands, ui

from bot.models.choices import Aspect
from bot.models.offer import Offer
from bot.models.refusals import named, named_lengths
from bot.moderation.policy import PicturesPolicy
from bot.quotas.limits import WINDOW_KINDS, Limit, LimitKind
from bot.quotas.status import QuotaStatus
from bot.requests.about import About, RequestOutlook
from bot.requests.server_offers import ServerOffers
from bot.texts.texts import Texts
from cogs.drawing.layout import MessageView, framed, permission_names, small
from cogs.drawing.markup import relative
from cogs.wire.places import actor_of, place_of
from cogs.wire.servers import Servers


@dataclass(frozen=True, slots=True, kw_only=True)
class BotInfo:
    """What stays the same while the program runs: the version, and addresses."""

    version: str
    privacy_url: str | None
    terms_url: str | None
    support_url: str | None


def about_command(
    about: About,
    offers: ServerOffers,
    bot_info: BotInfo,
    texts: Texts,
    servers: Servers,
) -> app_commands.Command[Any, ..., None]:
    """Return `/about`."""

    @app_commands.command(name="about")
    async def about_(interaction: discord.Interaction) -> None:
        """See what Clapper can do here."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        place = await place_of(interaction, servers)
        actor = actor_of(interaction)
        outlook = await about.outlook(actor, place)
        offer = await offers.of(actor.guild_id)
        view = about_view(texts, str(interaction.locale), outlook, offer, bot_info)
        await interaction.edit_original_response(view=view)

    return about_


def about_view(
    texts: Texts,
    locale: str,
    outlook: RequestOutlook,
    offer: Offer,
    bot_info: BotInfo,
) -> MessageView:
    """Draw what a member may want to know before they ask for a video."""

    def say(text_id: str, **values: object) -> str:
        return texts.say(locale, text_id, **values)

    lines = [
        f"### {say('about-title')}\n{say('about-what')}",
        "\n".join(_here(texts, locale, outlook, offer)),
        f"**{say('about-data')}**\n{say('about-erase')}",
        small(say("about-version", version=bot_info.version)),
    ]
    links = _links(texts, locale, bot_info)
    return MessageView(framed(lines, *links))


def _here(
    texts: Texts, locale: str, outlook: RequestOutlook, offer: Offer
) -> Sequence[str]:
    """Say what works in this channel: first what prevents a video, if anything."""

    def say(text_id: str, **values: object) -> str:
        return texts.say(locale, text_id, **values)

    heading = f"**{say('about-here')}**"
    if not outlook.is_served:
        return [heading, f"❌ {say('refused-guild')}"]
    pictures = " ".join(
        [
            f"🖼️ {say(f'about-pictures-{outlook.pictures}')}",
            *_picture_model(texts, locale, outlook, offer),
        ]
    )
    return [
        heading,
        *_in_the_way(texts, locale, outlook),
        f"🎬 {_offer(texts, locale, offer)}",
        *([pictures] if offer.takes_pictures else []),
        f"🌶️ {say(f'about-spicy-{outlook.spicy}')}",
        f"📊 {_limits(texts, locale, outlook.quota)}",
    ]


def _picture_model(
    texts: Texts, locale: str, outlook: RequestOutlook, offer: Offer
) -> Sequence[str]:
    """Say which model makes the videos from pictures that others do not make."""
    serves, others = offer.picture_profile, offer.without_pictures
    if outlook.pictures is PicturesPolicy.OFF or serves is None or not others:
        return []
    models = named([one.title for one in others])
    return [texts.say(locale, "about-pictures-model", model=serves.title, **models)]


def _in_the_way(texts: Texts, locale: str, outlook: RequestOutlook) -> Sequence[str]:
    found = []
    if outlook.place_fault is not None:
        until = outlook.place.timed_out_until
        values = {} if until is None else {"until": relative(until)}
        found.append(f"❌ {texts.say(locale, outlook.place_fault, **values)}")
    elif outlook.missing:
        names = permission_names(texts, locale, outlook.missing)
        said = texts.say(locale, "refused-permissions", permissions=names)
        found.append(f"❌ {said}")
    if outlook.block is not None:
        until = outlook.block.until
        found.append(
            "🚫 "
            + (
                texts.say(locale, "refused-blocked")
                if until is None
                else texts.say(locale, "refused-blocked-until", until=relative(until))
            )
        )
    if any(limit.value == 0 for limit in _of_videos(outlook.quota.member_limits)):
        found.append(f"🚫 {texts.say(locale, 'refused-member-none')}")
    if any(limit.value == 0 for limit in _of_videos(outlook.quota.server_limits)):
        found.append(f"🚫 {texts.say(locale, 'refused-server-none')}")
    return found or [f"✅ {texts.say(locale, 'about-ready')}"]


def _of_videos(limits: Mapping[LimitKind, Limit]) -> Sequence[Limit]:
    return [limits[kind] for kind in WINDOW_KINDS]


def _offer(texts: Texts, locale: str, offer: Offer) -> str:
    """Say in one line what can be chosen here."""
    shapes = [one.value for one in offer.aspects if one is not Aspect.AUTO]
    said = [
        ", ".join(one.title for one in offer.models) if offer.has_several else "",
        texts.say(locale, "about-lengths", **named_lengths(offer.durations_s)),
        texts.say(locale, "about-modes") if offer.modes else "",
        ", ".join(shapes),
    ]
    return " · ".join(one for one in said if one)


def _limits(texts: Texts, locale: str, quota: QuotaStatus) -> str:
    """Say in one line what the member has used of the day and of the month."""
    limits, used = quota.member_limits, quota.member
    said = []
    for kind, text_id, count in (
        (LimitKind.PER_DAY, "about-day", used.day),
        (LimitKind.PER_MONTH, "about-month", used.month),
    ):
        limit = limits[kind]
        if not limit.unlimited:
            said.append(texts.say(locale, text_id, used=count, limit=limit.value))
    line = " · ".join(said) or texts.say(locale, "about-unlimited")
    return f"{line} ({texts.say(locale, 'about-more-limits')})"


def _links(texts: Texts, locale: str, bot_info: BotInfo) -> Sequence[ui.ActionRow[Any]]:
    row: ui.ActionRow[Any] = ui.ActionRow()
    for text_id, url in (
        ("about-link-privacy", bot_info.privacy_url),
        ("about-link-terms", bot_info.terms_url),
        ("about-link-support", bot_info.support_url),
    ):
        if url is not None:
            row.add_item(ui.Button(label=texts.say(locale, text_id), url=url))
    return [row] if row.children else []
