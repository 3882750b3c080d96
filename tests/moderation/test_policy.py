"""The whole policy, as the full product of everything it depends on."""

from itertools import product

import pytest

from bot.jobs.video import Mode
from bot.moderation.policy import Moment, PolicyFacts, SpicyPolicy, Verdict, decide

# Where a request can come from, and whether that is age-restricted.
PLACES = {
    "plain channel": False,
    "restricted channel": True,
    "thread of a plain channel": False,
    "thread of a restricted channel": True,
    "plain channel of a restricted server": True,
}
MEMBERS_ROLE, OTHER_ROLE = 7, 8
ROLES: dict[str, frozenset[int]] = {
    "no role needed": frozenset(),
    "role needed, and there": frozenset({MEMBERS_ROLE, OTHER_ROLE}),
    "role needed, and missing": frozenset({OTHER_ROLE}),
}
CASES = list(
    product(
        Moment,
        Mode,
        SpicyPolicy,
        PLACES,
        ROLES,
        (False, True),  # blocked
        (False, True),  # a fit review channel
        (False, True),  # the prompt offends
    )
)


def expected(  # noqa: PLR0911, PLR0913 - a table, written as prose
    moment: Moment,
    mode: Mode,
    policy: SpicyPolicy,
    *,
    restricted: bool,
    has_role: bool,
    blocked: bool,
    can_review: bool,
    offends: bool,
) -> Verdict:
    """Say what `commands.md` promises, in the order in which people are told."""
    spicy = mode is Mode.SPICY
    if moment is Moment.ASKED and blocked:
        return Verdict.BLOCKED
    if spicy and policy is SpicyPolicy.OFF:
        return Verdict.SPICY_OFF
    if spicy and not restricted:
        return Verdict.SPICY_PLACE
    if moment is Moment.DELIVERED:
        return Verdict.ALLOWED
    if spicy and not has_role:
        return Verdict.SPICY_ROLE
    if offends:
        return Verdict.WORDS
    if spicy and policy is SpicyPolicy.REVIEW:
        return Verdict.REVIEW if can_review else Verdict.SPICY_REVIEW
    return Verdict.ALLOWED


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("moment", list(Moment))
def test_the_policy_decides_as_promised_in_every_case(
    moment: Moment, mode: Mode
) -> None:
    """Mode x policy x place x role x block x review channel x words x time."""
    cases = [case for case in CASES if case[:2] == (moment, mode)]
    assert len(cases) == 3 * 5 * 3 * 2 * 2 * 2

    for _, _, policy, place, roles, blocked, can_review, offends in cases:
        facts = PolicyFacts(
            moment=moment,
            mode=mode,
            policy=policy,
            is_restricted=PLACES[place],
            spicy_role_ids=ROLES[roles],
            member_role_ids=frozenset({MEMBERS_ROLE}),
            can_review=can_review,
            blocked=blocked,
            offends=offends,
        )
        assert decide(facts) is expected(
            moment,
            mode,
            policy,
            restricted=PLACES[place],
            has_role=roles != "role needed, and missing",
            blocked=blocked,
            can_review=can_review,
            offends=offends,
        ), facts


def test_only_spicy_depends_on_the_place() -> None:
    """Nothing that a server sets about spicy touches the other modes."""
    for mode in (Mode.FUN, Mode.NORMAL):
        for policy, restricted in product(SpicyPolicy, (False, True)):
            facts = PolicyFacts(
                moment=Moment.ASKED,
                mode=mode,
                policy=policy,
                is_restricted=restricted,
                spicy_role_ids=frozenset({OTHER_ROLE}),
            )
            assert decide(facts) is Verdict.ALLOWED
