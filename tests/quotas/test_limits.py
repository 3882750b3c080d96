"""Which of several limits is in force."""

from dataclasses import replace

import pytest

from bot.quotas.limits import (
    ADMINS_KINDS,
    NO_LIMIT,
    UNSET,
    DefaultLimits,
    LimitKind,
    LimitSet,
    Made,
    Scope,
    SetLimits,
    bounds_of,
    member_limits,
    server_limits,
)
from tests.factories import NOON

OPERATORS = DefaultLimits(
    server=LimitSet(per_day=50, per_month=500, at_once=10),
    member=LimitSet(per_day=5, per_month=50, at_once=2, cooldown_s=60),
    server_most=LimitSet(per_day=200, per_month=2000, at_once=20),
)
# Of these the operator sets none.
UNLIMITED = dict.fromkeys(ADMINS_KINDS, (NO_LIMIT, Scope.OPERATOR))


def test_each_kind_is_found_alone() -> None:
    """A role that sets only a number a day leaves the rest to other sources."""
    limits = member_limits(
        SetLimits(
            member=LimitSet(at_once=1),
            roles={7: LimitSet(per_day=9)},
            members=LimitSet(per_day=3, per_month=30, at_once=8),
        ),
        OPERATORS,
    )

    found = {kind: (limit.value, limit.source) for kind, limit in limits.items()}
    assert found == {
        LimitKind.PER_DAY: (9, Scope.ROLE),
        LimitKind.PER_MONTH: (30, Scope.MEMBERS),
        LimitKind.AT_ONCE: (1, Scope.MEMBER),
        LimitKind.COOLDOWN: (60, Scope.OPERATOR),
        **UNLIMITED,
    }
    assert limits[LimitKind.PER_DAY].role_id == 7


@pytest.mark.parametrize(
    ("of_roles", "in_force"),
    [((3, 9, 4), 9), ((3, NO_LIMIT, 9), NO_LIMIT), ((0, 0), 0), ((0, 1), 1)],
)
def test_of_several_roles_the_most_generous_counts(
    of_roles: tuple[int, ...], in_force: int
) -> None:
    roles = {number: LimitSet(per_day=value) for number, value in enumerate(of_roles)}

    limits = member_limits(SetLimits(roles=roles), OPERATORS)

    assert limits[LimitKind.PER_DAY].value == in_force


@pytest.mark.parametrize(
    ("of_roles", "in_force"),
    [((30, 9, 40), 9), ((30, 0), 0), ((30, NO_LIMIT), NO_LIMIT)],
)
def test_of_several_cooldowns_the_shortest_counts(
    of_roles: tuple[int, ...], in_force: int
) -> None:
    roles = {
        number: LimitSet(cooldown_s=value) for number, value in enumerate(of_roles)
    }

    limits = member_limits(SetLimits(roles=roles), OPERATORS)

    assert limits[LimitKind.COOLDOWN].value == in_force


def test_a_member_s_own_limit_goes_before_a_more_generous_role() -> None:
    limits = member_limits(
        SetLimits(member=LimitSet(per_day=1), roles={7: LimitSet(per_day=NO_LIMIT)}),
        OPERATORS,
    )

    assert limits[LimitKind.PER_DAY].value == 1


def test_a_server_s_limits_are_its_own_or_the_operator_s() -> None:
    limits = server_limits(SetLimits(server=LimitSet(per_day=7), roles={}), OPERATORS)

    found = {kind: (limit.value, limit.source) for kind, limit in limits.items()}
    assert found == {
        LimitKind.PER_DAY: (7, Scope.SERVER),
        LimitKind.PER_MONTH: (500, Scope.OPERATOR),
        LimitKind.AT_ONCE: (10, Scope.OPERATOR),
        **UNLIMITED,
    }


def test_what_is_set_anew_leaves_the_rest_as_it_was() -> None:
    before = LimitSet(per_day=3, at_once=1)

    assert LimitSet(per_day=0).over(before) == LimitSet(per_day=0, at_once=1)


def test_an_installation_that_sets_nothing_is_a_fault_of_the_program() -> None:
    nothing = DefaultLimits(server=UNSET, member=UNSET, server_most=UNSET)

    with pytest.raises(ValueError, match="nobody has set per_day"):
        server_limits(SetLimits(roles={}), nothing)


@pytest.mark.parametrize("kind", sorted(ADMINS_KINDS))
@pytest.mark.parametrize(
    ("of_roles", "in_force"), [((480, 2160, 720), 2160), ((480, NO_LIMIT), NO_LIMIT)]
)
def test_limits_of_single_clips_and_of_credits_are_found_by_the_same_rules(
    kind: LimitKind, of_roles: tuple[int, ...], in_force: int
) -> None:
    roles = {
        number: LimitSet(**{kind.value: value}) for number, value in enumerate(of_roles)
    }
    members = LimitSet(**{kind.value: 1080})
    own = LimitSet(**{kind.value: 720})

    def found(limits: SetLimits) -> tuple[float, Scope]:
        limit = member_limits(limits, OPERATORS)[kind]
        return limit.value, limit.source

    everything = SetLimits(roles=roles, members=members, member=own)
    assert found(everything) == (720, Scope.MEMBER)
    of_role = SetLimits(roles=roles, members=members)
    assert found(of_role) == (in_force, Scope.ROLE)
    assert found(SetLimits(roles={}, members=members)) == (1080, Scope.MEMBERS)


@pytest.mark.parametrize(
    ("set_by_admins", "in_force"),
    [
        (199, (199, Scope.SERVER)),
        (200, (200, Scope.SERVER)),
        (201, (200, Scope.OPERATOR)),
        (NO_LIMIT, (200, Scope.OPERATOR)),
        (0, (0, Scope.SERVER)),
    ],
)
def test_what_admins_set_holds_up_to_the_operators_bound(
    set_by_admins: int, in_force: tuple[int, Scope]
) -> None:
    """Also where it was set before the operator bounded it."""
    limits = SetLimits(server=LimitSet(per_day=set_by_admins), roles={})

    limit = server_limits(limits, OPERATORS)[LimitKind.PER_DAY]

    is_cut = in_force[1] is Scope.OPERATOR
    assert (limit.value, limit.source, limit.bounded) == (*in_force, is_cut)


@pytest.mark.parametrize("default", [NO_LIMIT, 201])
def test_the_operators_own_default_holds_up_to_the_bound_too(default: int) -> None:
    beyond = LimitSet(per_day=default, per_month=500, at_once=10)
    operators = replace(OPERATORS, server=beyond)

    limit = server_limits(SetLimits(roles={}), operators)[LimitKind.PER_DAY]

    assert (limit.value, limit.bounded) == (200, True)


def test_only_what_the_operator_has_bounded_has_a_bound() -> None:
    some = replace(OPERATORS, server_most=LimitSet(per_day=NO_LIMIT, per_month=7))
    made = Made(day=5, month=9, day_ends_at=NOON, month_ends_at=NOON)

    (bound,) = bounds_of(made, some)

    assert (bound.limit.kind, bound.limit.value) == (LimitKind.PER_MONTH, 7)
    assert (bound.made, bound.left) == (9, 0)
