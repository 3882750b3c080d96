"""Whether a member may use a picture, before they are asked anything about it."""

from bot.errors import Refused
from bot.jobs.picture import PictureUse
from bot.models.choices import Mode
from bot.moderation.policy import Moment, PolicyFacts, Verdict, decide
from bot.moderation.ports import ModerationStore
from bot.servers.people import Actor

_ABOUT_PICTURES = frozenset({Verdict.PICTURES_OFF, Verdict.PICTURES_OWN})


class PictureCheck:
    """Asks the server's settings. What is sent later is checked again, as a whole."""

    def __init__(self, moderation: ModerationStore) -> None:
        self._moderation = moderation

    async def check(self, actor: Actor, picture: PictureUse) -> None:
        """Return only if the server lets this member use the picture.

        Raises:
            Refused: If it does not.
        """
        settings = await self._moderation.settings(actor.guild_id)
        verdict = decide(
            PolicyFacts(
                moment=Moment.ASKED,
                requester_id=actor.user_id,
                mode=Mode.NORMAL,
                policy=settings.policy,
                is_restricted=False,
                pictures=settings.pictures,
                picture=picture,
            )
        )
        if verdict in _ABOUT_PICTURES:
            text_id = f"refused-{verdict}"
            raise Refused(text_id)
