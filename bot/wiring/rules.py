"""The operator's rules, from the configuration, in the words of the features."""

from datetime import timedelta

from bot.config import Config, limits
from bot.ids import GuildId
from bot.models.offer import Offer, make_offer
from bot.moderation.prompt_rules.lists import operator_rules
from bot.moderation.records import WordRule
from bot.privacy.retention import RetentionPolicy
from bot.quotas.limits import DefaultLimits, LimitSet
from bot.quotas.rules import QuotaRules
from bot.requests.decision import AdmissionRules


def offer_of(config: Config) -> Offer:
    """Return the models that the operator offers."""
    evolink = config.evolink
    return make_offer(evolink.offered, picture_id=evolink.picture_model)


def word_rules(config: Config) -> tuple[WordRule, ...]:
    """Read the operator's lists of words.

    Raises:
        ConfigInvalid: If one cannot be read or used.
    """
    lists = config.moderation
    return operator_rules(lists.words_file, lists.spicy_words_file)


def admission_rules(config: Config) -> AdmissionRules:
    """Return the operator's part in decisions on requests."""
    allowed = config.operator.guilds_allowed
    return AdmissionRules(
        quotas=quota_rules(config.quotas),
        guilds_allowed=None if allowed is None else {GuildId(one) for one in allowed},
        guilds_barred={GuildId(one) for one in config.operator.guilds_barred or ()},
    )


def quota_rules(quotas: limits.Quotas) -> QuotaRules:
    """Return the operator's limits and ceilings."""
    return QuotaRules(
        defaults=DefaultLimits(
            server=LimitSet(
                per_day=quotas.server_per_day,
                per_month=quotas.server_per_month,
                at_once=quotas.server_at_once,
            ),
            member=LimitSet(
                per_day=quotas.member_per_day,
                per_month=quotas.member_per_month,
                at_once=quotas.member_at_once,
                cooldown_s=quotas.member_cooldown_s,
            ),
            server_most=LimitSet(
                per_day=quotas.server_most_per_day,
                per_month=quotas.server_most_per_month,
                at_once=quotas.server_most_at_once,
            ),
        ),
        server_credits_per_month=quotas.server_credits_per_month,
        total_credits_per_month=quotas.total_credits_per_month,
    )


def retention_policy(config: Config) -> RetentionPolicy:
    """Return for how long data is kept."""
    days = config.privacy
    return RetentionPolicy(
        prompts=timedelta(days=days.prompt_days),
        audit=timedelta(days=days.audit_days),
        departed_guilds=timedelta(days=days.departed_guild_days),
    )
