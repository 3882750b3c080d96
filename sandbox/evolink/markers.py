"""Words in double brackets inside a prompt that script what becomes of it.

They let the demo and tests that see only Discord choose every ending. The README lists
them; what they mean is defined by the modules they are translated into.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import cast, get_args

from sandbox.evolink.faults import Fault
from sandbox.evolink.life import CallbackPlan, Ending, Life, Serving, ServingKind
from sandbox.evolink.refusals import Refusal

_MARKER = re.compile(r"\[\[([a-z-]+)(?::([^\]]*))?\]\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """What a prompt's markers ask for."""

    life: Life = field(default_factory=Life)
    refusal: Refusal | None = None
    """Refuse the create, for nothing."""
    lost: Fault | None = None
    """Create the task, but do this instead of answering."""
    unresolved_s: float = 0.0
    """Answer replays with `paid_outcome_unknown` for so long, on the clock."""


def read_markers(prompt: str) -> Script:
    """Translate every marker of a prompt, the later ones upon the earlier.

    Raises:
        Refusal: If a marker is unknown or malformed, for a test with a typing error
            would otherwise test nothing.
    """
    script = Script()
    for name, words in _MARKER.findall(prompt):
        try:
            script = _MEANINGS[name](script, words)
        except (KeyError, ValueError) as error:
            message = f"The sandbox has no marker [[{name}:{words}]]."
            raise Refusal("invalid_request", message, param="prompt") from error
    return script


def _life(**changes: object) -> Callable[[Script, str], Script]:
    def meaning(script: Script, _words: str) -> Script:
        # The table below is checked by a test that reads every marker in it.
        return replace(script, life=replace(script.life, **changes))  # type: ignore[arg-type]

    return meaning


def _fail(script: Script, words: str) -> Script:
    code, _, message = words.partition(":")
    life = replace(
        script.life,
        ending=Ending.FAILED,
        code=code or "unknown_error",
        message=message or None,
    )
    return replace(script, life=life)


def _stuck(script: Script, words: str) -> Script:
    life = replace(script.life, ending=Ending.NEVER, stuck_at=int(words))
    return replace(script, life=life)


def _unknown_status(script: Script, words: str) -> Script:
    return replace(script, life=replace(script.life, running_status=words or "paused"))


def _total(script: Script, words: str) -> Script:
    return replace(script, life=replace(script.life, total_s=float(words)))


def _hidden(script: Script, words: str) -> Script:
    return replace(script, life=replace(script.life, hidden_s=float(words)))


def _used(script: Script, words: str) -> Script:
    return replace(script, life=replace(script.life, credits_used=float(words)))


def _callback(script: Script, words: str) -> Script:
    if words not in get_args(CallbackPlan):
        raise ValueError(words)
    plan = cast("CallbackPlan", words)
    return replace(script, life=replace(script.life, callback=plan))


def _refuse(script: Script, words: str) -> Script:
    status, _, code = words.partition(":")
    refusal = (
        Refusal(code, status=int(status)) if code else Refusal.of_status(int(status))
    )
    return replace(script, refusal=refusal)


def _lose(script: Script, words: str) -> Script:
    if words not in {"", "reset", "hang"}:
        raise ValueError(words)
    answer: str = words or "reset"
    lost = Fault(answer="hang" if answer == "hang" else "reset")
    return replace(script, lost=lost)


def _unresolved(script: Script, words: str) -> Script:
    lost = Fault(answer="reset")
    return replace(script, lost=lost, unresolved_s=float(words))


def _clip(script: Script, words: str) -> Script:
    kind, _, rest = words.partition(":")
    if kind.isdecimal():
        serving = Serving(kind="status", status=int(kind))
    elif kind in get_args(ServingKind):
        serving = Serving(kind=cast("ServingKind", kind))
    else:
        raise ValueError(words)
    if kind == "redirect":
        serving = replace(serving, location=rest)
    elif kind == "coding":
        serving = replace(serving, coding=rest)
    elif kind in {"slow", "stall"} and rest:
        serving = replace(serving, seconds=float(rest))
    elif rest:
        serving = replace(serving, size_bytes=int(rest))
    return replace(script, life=replace(script.life, serving=serving))


_MEANINGS: Mapping[str, Callable[[Script, str], Script]] = {
    "fail": _fail,
    "fail-without-error": _life(ending=Ending.FAILED, has_error=False),
    "cancelled": _life(ending=Ending.CANCELLED),
    "empty": _life(listed_as="empty"),
    "missing": _life(listed_as="missing"),
    "result-data": _life(listed_as="result_data"),
    "result-data-object": _life(listed_as="result_data_object"),
    "never": _life(ending=Ending.NEVER),
    "stuck": _stuck,
    "jump": _life(steps=1),
    "unknown-status": _unknown_status,
    "total": _total,
    "hidden": _hidden,
    "credits": _used,
    "callback": _callback,
    "refuse": _refuse,
    "lose-answer": _lose,
    "unresolved": _unresolved,
    "clip": _clip,
}

NAMES = frozenset(_MEANINGS)
"""Every marker there is."""
