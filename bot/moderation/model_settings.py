"""Which of the operator's models a server uses, decided by its admins."""

from dataclasses import replace

from bot.clock import Clock
from bot.errors import Refused
from bot.models.offer import Offer
from bot.moderation.ports import ModerationStore, Revised
from bot.moderation.records import ModerationSettings
from bot.servers.audit import AuditValues, entry_by
from bot.servers.people import Actor, require_manager


class ModelSettings:
    """Everything under `/moderation models`; each change is recorded."""

    def __init__(self, store: ModerationStore, offer: Offer, clock: Clock) -> None:
        self._store = store
        self._offer = offer
        self._clock = clock

    async def decide(
        self, actor: Actor, name: str, *, allowed: bool | None, default: bool
    ) -> ModerationSettings:
        """Decide whether the server uses a model, and what it uses by default.

        `allowed` None = as it was. `default` makes the model the one for a video where
        nobody chose; that allows it too.

        Raises:
            NotAllowed: To anybody but admins.
            Refused: If nothing is decided, no such model is offered, or none would be
                left.
        """
        require_manager(actor)
        model = self._offer.choose(name)
        if allowed is None and not default:
            raise Refused("refused-models-nothing")
        if default and allowed is False:
            raise Refused("refused-models-default", model=model.title)
        at = self._clock.now()

        def change(old: ModerationSettings) -> Revised:
            new = _changed(old, name, allowed=allowed is not False, default=default)
            if all(one.name in new.barred_models for one in self._offer.models):
                raise Refused("refused-models-last", model=model.title)
            entry = entry_by(
                actor,
                at,
                "moderation.models",
                "server",
                before=_values(old, name),
                after=_values(new, name),
            )
            return new, entry

        return await self._store.revise(actor.guild_id, change)


def _changed(
    old: ModerationSettings, name: str, *, allowed: bool, default: bool
) -> ModerationSettings:
    if allowed:
        return replace(
            old,
            barred_models=old.barred_models - {name},
            default_model=name if default else old.default_model,
        )
    return replace(
        old,
        barred_models=old.barred_models | {name},
        default_model=None if old.default_model == name else old.default_model,
    )


def _values(settings: ModerationSettings, name: str) -> AuditValues:
    return {
        "model": name,
        "allowed": name not in settings.barred_models,
        "default": name == settings.default_model,
    }
