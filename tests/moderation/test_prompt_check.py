"""The operator's rules hold everywhere; a server's only add to them."""

import pytest
from structlog.testing import capture_logs

from bot.jobs.video import Mode
from bot.moderation.prompt_check import PromptCheck
from bot.moderation.prompt_rules.lists import operator_rules
from bot.moderation.records import Applies, WordKind, WordRule

ZEPPELIN = WordRule(pattern="zeppelin", kind=WordKind.WORD, applies=Applies.ALWAYS)
BROKEN = WordRule(pattern="(", kind=WordKind.REGEX, applies=Applies.ALWAYS)


@pytest.fixture
def check() -> PromptCheck:
    return PromptCheck(operator_rules(None, None))


@pytest.mark.parametrize("rules", [(), (ZEPPELIN,), (BROKEN,), (BROKEN, ZEPPELIN)])
def test_no_server_lifts_the_operators_list(
    check: PromptCheck, rules: tuple[WordRule, ...]
) -> None:
    """Not even with a rule of its own that cannot be read any more."""
    assert check.offends("a teen", Mode.SPICY, rules)
    assert not check.offends("a teen", Mode.NORMAL, rules)
    assert check.offends("a zeppelin", Mode.FUN, rules) == (ZEPPELIN in rules)


async def test_what_was_prepared_is_what_is_said(check: PromptCheck) -> None:
    await check.prepare("a zeppelin", Mode.FUN, (ZEPPELIN,))

    assert check.offends("a zeppelin", Mode.FUN, (ZEPPELIN,))
    assert not check.offends("a zeppelin", Mode.FUN, ())


async def test_an_edited_prompt_is_checked_again(check: PromptCheck) -> None:
    """Nothing that was found for one prompt is taken for another."""
    await check.prepare("a kite", Mode.FUN, (ZEPPELIN,))

    assert not check.offends("a kite", Mode.FUN, (ZEPPELIN,))
    assert check.offends("a kite and a ZEPPELIN", Mode.FUN, (ZEPPELIN,))


def test_a_rule_that_cannot_be_read_is_told_of_once_and_without_its_words() -> None:
    """A filter must not weaken unseen."""
    check = PromptCheck([])
    with capture_logs() as logged:
        for prompt in ("a fox", "an owl"):
            assert not check.offends(prompt, Mode.NORMAL, (BROKEN,))

    assert logged == [
        {"event": "rule unreadable", "kind": "regex", "log_level": "warning"}
    ]
