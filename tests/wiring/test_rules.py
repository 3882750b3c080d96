"""What the operator has set, in the words of the features."""

from datetime import timedelta

import pytest

from bot.config.limits import Operator, Privacy, Quotas
from bot.ids import GuildId
from bot.models.catalogue import MODELS, PICTURE_PROFILES
from bot.privacy.retention import RetentionPolicy
from bot.quotas.limits import DefaultLimits, LimitSet
from bot.quotas.rules import QuotaRules
from bot.requests.decision import AdmissionRules
from bot.wiring.rules import admission_rules, offer_of, retention_policy
from tests.processes import make_config


def test_every_limit_of_the_operator_is_heeded() -> None:
    config = make_config().model_copy(
        update={
            "quotas": Quotas(
                server_per_day=1,
                server_per_month=2,
                server_at_once=3,
                server_most_per_day=12,
                server_most_per_month=13,
                server_most_at_once=14,
                member_per_day=4,
                member_per_month=5,
                member_at_once=6,
                member_cooldown_s=7,
                server_credits_per_month=8,
                total_credits_per_month=9,
            ),
            "operator": Operator(
                guilds_allowed=frozenset({10}), guilds_barred=frozenset({11})
            ),
        }
    )

    assert admission_rules(config) == AdmissionRules(
        quotas=QuotaRules(
            defaults=DefaultLimits(
                server=LimitSet(per_day=1, per_month=2, at_once=3),
                member=LimitSet(per_day=4, per_month=5, at_once=6, cooldown_s=7),
                server_most=LimitSet(per_day=12, per_month=13, at_once=14),
            ),
            server_credits_per_month=8,
            total_credits_per_month=9,
        ),
        guilds_allowed={GuildId(10)},
        guilds_barred={GuildId(11)},
    )


def test_data_is_kept_for_as_long_as_the_operator_says() -> None:
    privacy = Privacy(prompt_days=1, audit_days=2, departed_guild_days=3)
    config = make_config().model_copy(update={"privacy": privacy})

    assert retention_policy(config) == RetentionPolicy(
        prompts=timedelta(days=1),
        audit=timedelta(days=2),
        departed_guilds=timedelta(days=3),
    )


@pytest.mark.parametrize("name", MODELS)
def test_the_model_is_the_one_that_is_set(name: str) -> None:
    for one in (make_config(model=name), make_config(models=(name,))):
        assert offer_of(one).models == (MODELS[name],)


def test_several_models_are_offered_in_the_operator_s_order() -> None:
    names = ("sora-2-preview", "grok-imagine-text-to-video")

    offer = offer_of(make_config(models=names))

    assert offer.models == tuple(MODELS[name] for name in names)
    assert offer.first.name == "sora-2-preview"


def test_without_a_choice_there_is_the_first_model_and_pictures() -> None:
    offer = offer_of(make_config())

    assert [model.name for model in offer.models] == ["grok-imagine-text-to-video"]
    beta = PICTURE_PROFILES["grok-imagine-image-to-video-beta"]
    assert offer.profile(offer.first.name, with_picture=True) is beta


def test_pictures_can_be_switched_off() -> None:
    offer = offer_of(make_config(picture_model=""))

    assert offer.profile(offer.first.name, with_picture=True) is None
