"""What is offered: the models, and what makes clips from pictures."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from bot.errors import Refused
from bot.models.catalogue import MODELS, PICTURE_PROFILES
from bot.models.choices import QUALITIES, Aspect, Mode
from bot.models.profile import Model, ModelProfile
from bot.models.refusals import model_refused

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """The operator's choice, or what a server uses of it. At least one model."""

    models: tuple[Model, ...]
    """The first is the default."""
    picture_profile: ModelProfile | None
    """Serves models that have none for pictures; None = those take no pictures."""

    @property
    def first(self) -> Model:
        """The default."""
        return self.models[0]

    @property
    def has_several(self) -> bool:
        """Whether there is a model to choose."""
        return len(self.models) > 1

    def has_words_without(self, model_id: str) -> bool:
        """Whether clips are made from words though EvoLink refuses an id."""
        return any(one.text.id != model_id for one in self.models)

    def model(self, name: str | None) -> Model | None:
        """Return the model of that name; None if it is not offered."""
        return next((one for one in self.models if one.name == name), None)

    def profile(self, name: str, *, with_picture: bool) -> ModelProfile | None:
        """Return what a model takes; None if it is not offered, or takes no picture."""
        model = self.model(name)
        if model is None or not with_picture:
            return None if model is None else model.text
        return model.picture or self.picture_profile

    def narrowed(self, *, barred: Collection[str], default: str | None) -> "Offer":
        """Return what a server offers: without some of the models, its own default.

        Names of models that are not offered any more are passed over; a server that has
        barred all that is left offers the first. What a barred model makes from
        pictures it makes for no other model either.
        """
        allowed = [one for one in self.models if one.name not in barred]
        allowed.sort(key=lambda one: one.name != default)
        models = tuple(allowed) or self.models[:1]
        barred_pictures = [one.picture for one in self.models if one not in models]
        serves = self.picture_profile not in barred_pictures
        return replace(
            self,
            models=models,
            picture_profile=self.picture_profile if serves else None,
        )

    def choose(self, given: str | None, *stored: str | None) -> Model:
        """Return the model that was chosen, or the first stored one that is offered.

        Without any that is the default.

        Raises:
            Refused: If the one that was given is not offered.
        """
        if given is not None:
            chosen = self.model(given)
            if chosen is None:
                raise model_refused(one.title for one in self.models)
            return chosen
        found = (self.model(name) for name in stored)
        return next((one for one in found if one is not None), self.first)

    def taker(self, model: Model, *, with_picture: bool) -> ModelProfile:
        """Return what a model that is offered takes.

        Raises:
            Refused: If that is a picture, which neither it nor another model takes.
        """
        profile = self.profile(model.name, with_picture=with_picture)
        if profile is None:
            raise Refused("refused-picture-model", model=model.title)
        return profile

    def profile_for(
        self, given: str | None, *stored: str | None, with_picture: bool
    ) -> ModelProfile:
        """Return what the chosen model takes, or the first stored or offered one.

        Of those that nobody chose just now, only one that takes a picture serves where
        there is one.

        Raises:
            Refused: If the one that was given is not offered, or takes no picture, or
                no model does.
        """
        if given is not None:
            return self.taker(self.choose(given), with_picture=with_picture)
        for name in (*stored, *(one.name for one in self.models)):
            profile = self.profile(name or "", with_picture=with_picture)
            if profile is not None:
                return profile
        raise Refused("refused-model-pictures")

    def stands_in_for(
        self, profile: ModelProfile, given: str | None, *stored: str | None
    ) -> Model | None:
        """Return the model that was chosen, if another makes its clips from pictures.

        `profile` is what `profile_for` returned for a picture.
        """
        chosen = self.choose(given, *stored)
        is_other = chosen.picture is None and profile == self.picture_profile
        return chosen if is_other else None

    def makers(self, *, with_picture: bool) -> Sequence[tuple[Model, ModelProfile]]:
        """Return what makes clips from words, or from a picture, each once.

        Models that share an id for pictures are the first of them.
        """
        made: dict[str, tuple[Model, ModelProfile]] = {}
        for model in self.models:
            profile = self.profile(model.name, with_picture=with_picture)
            if profile is not None:
                made.setdefault(profile.id, (model, profile))
        return list(made.values())

    def by_id(self, model_id: str, *, with_picture: bool) -> Model | None:
        """Return the model whose clips are asked for under an EvoLink id.

        With a picture several may share one id: then it is the first of them.
        """
        makers = self.makers(with_picture=with_picture)
        return next((model for model, made in makers if made.id == model_id), None)

    def has_id(self, model_id: str, *, with_picture: bool) -> bool:
        """Return whether clips are asked for under an EvoLink id."""
        return self.by_id(model_id, with_picture=with_picture) is not None

    def profile_by_id(
        self, model_id: str, *, with_picture: bool
    ) -> ModelProfile | None:
        """Return what EvoLink accepts under an id, if one of the models uses it."""
        model = self.by_id(model_id, with_picture=with_picture)
        if model is None:
            return None
        return self.profile(model.name, with_picture=with_picture)

    @property
    def takes_pictures(self) -> bool:
        """Whether a clip can begin with a picture with one of the models."""
        return any(
            self.profile(model.name, with_picture=True) is not None
            for model in self.models
        )

    @property
    def without_pictures(self) -> Sequence[Model]:
        """The models whose clips from pictures another model makes."""
        if self.picture_profile is None:
            return ()
        return [one for one in self.models if one.picture is None]

    @property
    def durations_s(self) -> tuple[int, ...]:
        """Every length that a clip from words may have with one of the models."""
        return tuple(sorted(self._any(lambda profile: profile.durations_s)))

    @property
    def qualities(self) -> tuple[str, ...]:
        """Every quality that one of the models has for words, the lowest first."""
        known = self._any(lambda profile: profile.qualities)
        return tuple(one for one in QUALITIES if one in known)

    @property
    def aspects(self) -> tuple[Aspect, ...]:
        """Every shape that one of the models has for words."""
        known = self._any(lambda profile: profile.aspects)
        return tuple(one for one in Aspect if one in known)

    @property
    def modes(self) -> tuple[Mode, ...]:
        """Every mode that one of the models has for words."""
        known = self._any(lambda profile: profile.modes)
        return tuple(one for one in Mode if one in known)

    @property
    def has_sound_switch(self) -> bool:
        """Whether sound can be switched on or off with one of the models."""
        return any(model.text.sound is not None for model in self.models)

    def _any(self, of: Callable[[ModelProfile], Iterable[T]]) -> set[T]:
        return {one for model in self.models for one in of(model.text)}


def make_offer(names: Iterable[str], *, picture_id: str) -> Offer:
    """Return the offer of these models, the default first.

    `picture_id` serves those that have none for pictures; "" = nothing does.
    """
    return Offer(
        models=tuple(MODELS[name] for name in names),
        picture_profile=PICTURE_PROFILES[picture_id] if picture_id else None,
    )
