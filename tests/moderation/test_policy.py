"""The whole policy, as the full product of everything it depends on."""

from itertools import product

import pytest

from bot.ids import UserId
from bot.jobs.picture import PictureKind, PictureUse
from bot.models.choices import Mode
from bot.moderation.policy import (
    Moment,
    PicturesPolicy,
    PolicyFacts,
    SpicyPolicy,
    Verdict,
    decide,
)
from bot.servers.people import FORGOTTEN

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
ME, SOMEBODY, NOBODY = UserId(1), UserId(2), None
"""Whose a picture is. Nobody's are frames of clips that were made from words alone."""
PICTURES = {
    "one's own, attached": PictureUse(kind=PictureKind.ATTACHED, owner_id=ME),
    "one's own, posted": PictureUse(kind=PictureKind.POSTED, owner_id=ME),
    "somebody's, posted": PictureUse(kind=PictureKind.POSTED, owner_id=SOMEBODY),
    "of one who was forgotten": PictureUse(kind=PictureKind.POSTED, owner_id=FORGOTTEN),
    "end of a clip of one who was forgotten": PictureUse(
        kind=PictureKind.FRAME, owner_id=FORGOTTEN
    ),
    "end of a clip of one's own": PictureUse(kind=PictureKind.FRAME, owner_id=ME),
    "end of a clip of somebody's": PictureUse(
        kind=PictureKind.FRAME, owner_id=SOMEBODY
    ),
    "end of a clip from words": PictureUse(kind=PictureKind.FRAME, owner_id=NOBODY),
}
TAKEN = {
    PicturesPolicy.OFF: {"end of a clip from words"},
    PicturesPolicy.OWN: {
        "one's own, attached",
        "one's own, posted",
        "end of a clip of one's own",
        "end of a clip from words",
    },
    PicturesPolicy.ANY: set(PICTURES),
}
"""What may be used under each policy."""
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
            requester_id=ME,
            mode=mode,
            policy=policy,
            pictures=PicturesPolicy.OWN,
            picture=None,
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
                requester_id=ME,
                mode=mode,
                policy=policy,
                pictures=PicturesPolicy.OWN,
                picture=None,
                is_restricted=restricted,
                spicy_role_ids=frozenset({OTHER_ROLE}),
            )
            assert decide(facts) is Verdict.ALLOWED


@pytest.mark.parametrize("moment", list(Moment))
@pytest.mark.parametrize("pictures", list(PicturesPolicy))
@pytest.mark.parametrize("whose", PICTURES)
def test_a_picture_is_taken_as_the_server_has_it_and_never_for_spicy(
    moment: Moment, pictures: PicturesPolicy, whose: str
) -> None:
    """Mode x policy on spicy x place x role x block x review channel x words."""
    cases = [case[1:] for case in CASES if case[0] is moment]

    for mode, policy, place, roles, blocked, can_review, offends in cases:
        facts = PolicyFacts(
            moment=moment,
            requester_id=ME,
            mode=mode,
            policy=policy,
            is_restricted=PLACES[place],
            pictures=pictures,
            picture=PICTURES[whose],
            spicy_role_ids=ROLES[roles],
            member_role_ids=frozenset({MEMBERS_ROLE}),
            can_review=can_review,
            blocked=blocked,
            offends=offends,
        )
        if moment is Moment.ASKED and blocked:
            expected = Verdict.BLOCKED
        elif mode is Mode.SPICY:
            expected = Verdict.PICTURE_SPICY
        elif moment is Moment.DELIVERED:
            expected = Verdict.ALLOWED
        elif whose not in TAKEN[pictures]:
            off = pictures is PicturesPolicy.OFF
            expected = Verdict.PICTURES_OFF if off else Verdict.PICTURES_OWN
        else:
            expected = Verdict.WORDS if offends else Verdict.ALLOWED
        assert decide(facts) is expected, facts
