"""Whether a prompt breaks a rule of the operator or of a server."""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from functools import lru_cache

import structlog

from bot.jobs.video import Mode
from bot.moderation.prompt_rules.rules import PatternInvalid, PromptRules
from bot.moderation.records import WordRule

log = structlog.get_logger(__name__)

_REMEMBERED = 256

_SERVERS_REMEMBERED = 128

_Asked = tuple[str, Mode, tuple[WordRule, ...]]


class PromptCheck:
    """Holds prompts against rules. The answers of a moment ago are remembered.

    That lets the slow part be done beside the event loop, before the transaction in
    which the same question is asked again.
    """

    def __init__(self, operator_rules: Sequence[WordRule]) -> None:
        self._operator_rules = tuple(operator_rules)
        self._known: OrderedDict[_Asked, bool] = OrderedDict()
        self._unreadable: set[WordRule] = set()
        """Rules that were told of in the log: a filter must not weaken unseen."""

    async def prepare(
        self, prompt: str, mode: Mode, rules: tuple[WordRule, ...]
    ) -> None:
        """Find the answer on another thread, to have it at hand for `offends`."""
        asked = (prompt, mode, rules)
        if self._is_ruled(rules) and asked not in self._known:
            offends = await asyncio.to_thread(self._answer, asked)
            self._remember(asked, offends=offends)

    def offends(self, prompt: str, mode: Mode, rules: tuple[WordRule, ...]) -> bool:
        """Return whether a prompt may not be used, by these rules or the operator's."""
        if not self._is_ruled(rules):
            return False
        asked = (prompt, mode, rules)
        if asked not in self._known:
            self._remember(asked, offends=self._answer(asked))
        return self._known[asked]

    def _is_ruled(self, rules: tuple[WordRule, ...]) -> bool:
        """Whether there is any rule: without one, no prompt has to be read."""
        return bool(self._operator_rules or rules)

    def _answer(self, asked: _Asked) -> bool:
        prompt, mode, rules = asked
        every = (*self._operator_rules, *rules)
        try:
            return _read(every, mode).offended_by(prompt)
        except PatternInvalid:
            # Checked when it was set; a newer RE2 may think otherwise. Rules that
            # cannot be read forbid nothing by themselves, so the others still hold.
            return any(self._alone(rule, mode, prompt) for rule in every)

    def _alone(self, rule: WordRule, mode: Mode, prompt: str) -> bool:
        try:
            return PromptRules.of([rule], mode).offended_by(prompt)
        except PatternInvalid:
            if rule not in self._unreadable:
                self._unreadable.add(rule)
                # Not the pattern: it may hold the very words that are forbidden.
                log.warning("rule unreadable", kind=str(rule.kind))
            return False

    def _remember(self, asked: _Asked, *, offends: bool) -> None:
        self._known[asked] = offends
        if len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)


@lru_cache(maxsize=_SERVERS_REMEMBERED)
def _read(rules: tuple[WordRule, ...], mode: Mode) -> PromptRules:
    """Return rules ready for use. Reading a long list takes some milliseconds."""
    return PromptRules.of(rules, mode)
