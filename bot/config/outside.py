"""The settings of the two services that Clapper uses."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import AfterValidator, Field

from bot.config.addresses import gateway_address, service_address
from bot.config.sections import MOST, Names, Number, Secret, SecretFile, Section, Unset
from bot.models.catalogue import MODELS, PICTURE_PROFILES

MOST_SHARDS = 10_000
USUAL_MODELS = ("grok-imagine-text-to-video",)


def _known_model(name: str) -> str:
    if name not in MODELS:
        msg = f"must be one of {', '.join(MODELS)}"
        raise ValueError(msg)
    return name


def _known_models(names: Sequence[str]) -> Sequence[str]:
    if not names or len(set(names)) < len(names) or set(names) - set(MODELS):
        msg = f"must be a list of different models, of {', '.join(MODELS)}"
        raise ValueError(msg)
    return names


def _known_picture_model(model_id: str) -> str:
    if model_id and model_id not in PICTURE_PROFILES:
        msg = f'must be one of {", ".join(PICTURE_PROFILES)}, or "" for none'
        raise ValueError(msg)
    return model_id


class Discord(Section):
    """How we reach Discord."""

    token: Secret
    """The bot's token."""
    token_file: SecretFile = None
    """Where to read the token instead of naming it here."""
    api_base: Annotated[str, AfterValidator(service_address)] = (
        "https://discord.com/api/v10"
    )
    """REST base: Discord, a REST proxy, or the sandbox."""
    gateway_url: Annotated[
        Annotated[str, AfterValidator(gateway_address)] | None, Unset
    ] = None
    """Gateway for every connection, resumes included; None = the one Discord names."""
    shard_count: Annotated[
        Annotated[int, Field(ge=1, le=MOST_SHARDS), Number] | None, Unset
    ] = None
    """Gateway shards over all processes; None = as many as Discord recommends."""
    # Discord docs: no server takes files beyond 500 MiB.
    upload_limit_mib: Annotated[float, Field(gt=0, le=500), Number] = 20
    """Largest file tried where the server's boost tier gives no higher one, in MiB."""


class Evolink(Section):
    """How we reach EvoLink, and how much we ask of it."""

    api_key: Secret
    """The account's API key."""
    api_key_file: SecretFile = None
    """Where to read the key instead of naming it here."""
    base_url: Annotated[str, AfterValidator(service_address)] = "https://api.evolink.ai"
    files_url: Annotated[str, AfterValidator(service_address)] = (
        "https://files-api.evolink.ai"
    )
    """Where pictures are uploaded."""
    models: Annotated[Annotated[Names, AfterValidator(_known_models)] | None, Unset] = (
        None
    )
    """Models to offer, the default first, of `bot.models.catalogue`; None = `model`."""
    model: Annotated[Annotated[str, AfterValidator(_known_model)] | None, Unset] = None
    """One model to offer; None = `models`."""
    picture_model: Annotated[str, AfterValidator(_known_picture_model)] = (
        "grok-imagine-image-to-video-beta"
    )
    """What makes clips from pictures for models that cannot; "" = nothing does."""
    max_active_tasks: Annotated[int, Field(ge=1, le=MOST), Number] = 20
    """Tasks in EvoLink's hands at once; further jobs wait in the queue."""
    replay_submits: bool = True
    """Repeat a submit of unknown outcome with the same Idempotency-Key."""
    allow_private_result_hosts: bool = False
    """Fetch results over http and from non-public addresses: sandbox and tests only."""

    @property
    def offered(self) -> Sequence[str]:
        """The names of the models to offer, the default first."""
        if self.models is not None:
            return self.models
        return USUAL_MODELS if self.model is None else (self.model,)
