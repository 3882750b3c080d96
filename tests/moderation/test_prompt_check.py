"""The operator's rules hold everywhere; a server's only add to them."""

import pytest
from structlog.testing import capture_logs

from bot.models.choices import Mode
from bot.moderation.prompt_check import PromptCheck
from bot.moderation.prompt_rules.lists import operator_rules
from bot.moderation.records import Applies, WordKind, WordRule

ZEPPELIN = WordRule(pattern="zeppelin", kind=WordKind.WORD, applies=Applies.ALWAYS)
BROKEN = WordRule(pattern="(", kind=WordKind.REGEX, applies=Applies.ALWAYS)


@pytest.fixture
def check() -> PromptCheck:
    return PromptCheck(operator_rules(None, None))


@pytest.mark.parametrize("rules", [(), (ZEPPELIN,), (BROKEN,), (BROKEN, ZEPPELIN)])
async def test_no_server_lifts_the_operators_list(
    check: PromptCheck, rules: tuple[WordRule, ...]
) -> None:
    """Not even with a rule of its own that cannot be read any more."""
    assert (await check.check("a teen", Mode.SPICY, rules)).offends
    assert not (await check.check("a teen", Mode.NORMAL, rules)).offends
    found = await check.check("a zeppelin", Mode.FUN, rules)
    assert found.offends == (ZEPPELIN in rules)


async def test_rules_that_changed_since_are_held_against_the_prompt_too(
    check: PromptCheck,
) -> None:
    before = await check.check("a zeppelin", Mode.FUN, ())
    after = await check.check("a zeppelin", Mode.FUN, (ZEPPELIN,))

    assert not before.offends_by(())
    assert before.offends_by((ZEPPELIN,))
    assert after.offends_by((ZEPPELIN,))
    assert not after.offends_by(())


async def test_no_new_rule_lifts_the_operators_list(check: PromptCheck) -> None:
    found = await check.check("a teen", Mode.SPICY, ())

    assert found.offends_by((BROKEN, ZEPPELIN))


async def test_a_rule_that_cannot_be_read_is_told_of_once_and_without_its_words() -> (
    None
):
    """A filter must not weaken unseen."""
    check = PromptCheck([])
    with capture_logs() as logged:
        for prompt in ("a fox", "an owl"):
            assert not (await check.check(prompt, Mode.NORMAL, (BROKEN,))).offends

    assert logged == [
        {"event": "invalid word rule ignored", "kind": "regex", "log_level": "warning"}
    ]
