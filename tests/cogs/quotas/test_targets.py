"""Whose limits `/quota clear` removes: never other ones than were meant."""

from itertools import product
from types import SimpleNamespace
from typing import Any

import pytest

from bot.errors import Refused
from bot.quotas.limits import Scope
from cogs.quotas.targets import chosen_target

SOMEBODY: Any = SimpleNamespace(id=7)
FITTING = {
    (Scope.SERVER, None, None),
    (Scope.MEMBERS, None, None),
    (Scope.ROLE, SOMEBODY.id, None),
    (Scope.MEMBER, None, SOMEBODY.id),
}


@pytest.mark.parametrize(
    ("scope", "has_role", "has_member"),
    list(
        product(
            (Scope.SERVER, Scope.MEMBERS, Scope.ROLE, Scope.MEMBER),
            (False, True),
            (False, True),
        )
    ),
)
def test_only_what_fits_the_scope_is_cleared(
    scope: Scope, *, has_role: bool, has_member: bool
) -> None:
    """Who names a member and leaves the scope at "each member" means that one."""
    role, member = (SOMEBODY if has else None for has in (has_role, has_member))
    given = (scope, role and role.id, member and member.id)

    if given in FITTING:
        assert chosen_target(scope, role, member).scope is scope
    else:
        with pytest.raises(Refused):
            chosen_target(scope, role, member)
