"""What the operator has set, in the words of the features."""

from datetime import timedelta

from bot.config.limits import Operator, Privacy, Quotas
from bot.ids import GuildId
from bot.jobs.video import PROFILES
from bot.privacy.retention import RetentionPolicy
from bot.quotas.limits import DefaultLimits, LimitSet
from bot.quotas.rules import QuotaRules
from bot.requests.decision import AdmissionRules
from bot.wiring.rules import admission_rules, profile_of, retention_policy
from tests.processes import make_config


def test_every_limit_of_the_operator_is_heeded() -> None:
    config = make_config().model_copy(
        update={
            "quotas": Quotas(
                server_per_day=1,
                server_per_month=2,
                server_at_once=3,
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


def test_the_model_is_the_one_that_is_set() -> None:
    for name, profile in PROFILES.items():
        assert profile_of(make_config(model=name)) is profile
