"""Whether a prompt breaks a rule of the operator or of a server."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import structlog

from bot.models.choices import Mode
from bot.moderation.prompt_rules.rules import PatternInvalid, PromptRules
from bot.moderation.records import WordRule

log = structlog.get_logger(__name__)

_SERVERS_REMEMBERED = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptFinding:
    """The result of checking a prompt, with the rules used. A plain value."""

    prompt: str
    mode: Mode
    operator_rules: tuple[WordRule, ...]
    rules: tuple[WordRule, ...]
    """The server's, as they were then."""
    offends: bool

    def offends_by(self, rules: tuple[WordRule, ...]) -> bool:
        """Return whether the prompt may not be used, by a server's rules as they are.

        Only if those have changed is it checked again, which may take some
        milliseconds.
        """
        if rules == self.rules:
            return self.offends
        return _read_prompt(self.prompt, self.mode, (*self.operator_rules, *rules))[0]


class PromptCheck:
    """Checks prompts against the operator's rules and a server's."""

    def __init__(self, operator_rules: Sequence[WordRule]) -> None:
        self._operator_rules = tuple(operator_rules)
        self._logged: set[WordRule] = set()
        """Invalid rules already logged, so that a filter never weakens unnoticed."""

    async def check(
        self, prompt: str, mode: Mode, rules: tuple[WordRule, ...]
    ) -> PromptFinding:
        """Check a prompt against the rules, on another thread."""
        every = (*self._operator_rules, *rules)
        offends = False
        if every:  # without a rule, no prompt has to be read
            offends, unreadable = await asyncio.to_thread(
                _read_prompt, prompt, mode, every
            )
            self._log(unreadable)
        return PromptFinding(
            prompt=prompt,
            mode=mode,
            operator_rules=self._operator_rules,
            rules=rules,
            offends=offends,
        )

    def _log(self, unreadable: Sequence[WordRule]) -> None:
        for rule in unreadable:
            if rule not in self._logged:
                self._logged.add(rule)
                # Without the pattern, which may contain the forbidden words.
                log.warning("invalid word rule ignored", kind=str(rule.kind))


def _read_prompt(
    prompt: str, mode: Mode, rules: tuple[WordRule, ...]
) -> tuple[bool, Sequence[WordRule]]:
    """Return whether a prompt breaks a rule, and the rules that cannot be read."""
    try:
        return _ready(rules, mode).offended_by(prompt), ()
    except PatternInvalid:
        # It was valid when it was set; a newer RE2 may reject it. Skip invalid rules,
        # so that the others still apply.
        verdicts = {rule: _breaks(rule, mode, prompt) for rule in rules}
        unreadable = [rule for rule, breaks in verdicts.items() if breaks is None]
        return any(verdicts.values()), unreadable


def _breaks(rule: WordRule, mode: Mode, prompt: str) -> bool | None:
    """Return whether a prompt breaks a rule; None = it cannot be read."""
    try:
        return PromptRules.of([rule], mode).offended_by(prompt)
    except PatternInvalid:
        return None


@lru_cache(maxsize=_SERVERS_REMEMBERED)
def _ready(rules: tuple[WordRule, ...], mode: Mode) -> PromptRules:
    """Return rules ready for use. Reading a long list takes some milliseconds."""
    return PromptRules.of(rules, mode)
