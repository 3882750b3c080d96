"""The buttons under moderators' cards. They survive restarts; use cases check who."""

from collections.abc import Callable

import discord

from bot.ids import JobId, UserId
from bot.moderation.reports import Reports
from bot.moderation.review import Review
from bot.texts.texts import Texts
from cogs.drawing.custom_ids import CardAct, CardPress, card_button, card_press
from cogs.drawing.markup import mention
from cogs.moderation.reason_modal import ReasonModal, given_reason
from cogs.presses import Fields, Route, Routes
from cogs.wire.places import actor_of


class CardButtons:
    """Approve, Deny, Remove, Dismiss, Block. The card itself follows by its worker."""

    def __init__(
        self,
        review: Review,
        reports: Reports,
        texts: Texts,
        *,
        cards_changed: Callable[[], None],
    ) -> None:
        self._review = review
        self._reports = reports
        self._texts = texts
        self._cards_changed = cards_changed

    def routes(self) -> Routes:
        """Return what answers the buttons, and the modal of Deny."""
        route = Route(
            read=card_press, on_press=self._on_press, on_submit=self._on_submit
        )
        return {"card": route}

    async def _on_press(
        self, interaction: discord.Interaction, press: CardPress
    ) -> None:
        if press.act is CardAct.DENY:
            await self._ask_why(interaction, press)
            return
        await interaction.response.defer(ephemeral=True, thinking=True)
        actor, subject = actor_of(interaction), press.subject
        blocked: UserId | None = None
        match press.act:
            case CardAct.APPROVE:
                await self._review.approve(actor, JobId(subject))
            case CardAct.BLOCK_REQUESTER:
                blocked = (await self._review.block(actor, JobId(subject))).user_id
            case CardAct.REMOVE:
                await self._reports.remove(actor, subject)
            case CardAct.DISMISS:
                await self._reports.dismiss(actor, subject)
            case CardAct.BLOCK_REPORTED:
                blocked = await self._reports.block(actor, subject)
        await self._done(interaction, press.act, blocked)

    async def _ask_why(
        self, interaction: discord.Interaction, press: CardPress
    ) -> None:
        # Asked before anything is typed for nothing.
        await self._review.waiting(actor_of(interaction), JobId(press.subject))
        locale = str(interaction.locale)
        await interaction.response.send_modal(
            ReasonModal(
                title=self._texts.say(locale, "modal-deny-title"),
                label=self._texts.say(locale, "modal-deny-reason"),
                custom_id=card_button(CardAct.DENY, press.subject),
                required=False,
            )
        )

    async def _on_submit(
        self, interaction: discord.Interaction, press: CardPress, sent: Fields
    ) -> None:
        if press.act is not CardAct.DENY:
            return
        reason = given_reason(sent)
        await interaction.response.defer(ephemeral=True, thinking=True)
        await self._review.deny(actor_of(interaction), JobId(press.subject), reason)
        await self._done(interaction, CardAct.DENY)

    async def _done(
        self,
        interaction: discord.Interaction,
        act: CardAct,
        blocked: UserId | None = None,
    ) -> None:
        self._cards_changed()
        member = {} if blocked is None else {"member": mention(blocked)}
        sentence = self._texts.say(
            str(interaction.locale), f"card-done-{act.name.lower()}", **member
        )
        await interaction.edit_original_response(content=sentence)
