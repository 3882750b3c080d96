"""All languages say the same things, and everything the code wants said."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fluent.syntax import FluentParser
from fluent.syntax.ast import BaseNode, Junk, Message, VariableReference
from fluent.syntax.visitor import Visitor

import bot
import cogs
from bot.jobs.failures import Failure
from bot.jobs.states import JobState
from bot.jobs.video import request_fault
from bot.models.choices import Aspect, Mode
from bot.models.profile import PROMPT_MAX_CHARS
from bot.moderation.administration import Change, Purpose
from bot.moderation.policy import REFUSALS, PicturesPolicy, SpicyPolicy, Verdict
from bot.moderation.prompt_rules.rules import PatternFault
from bot.moderation.records import Applies, WordKind
from bot.quotas.limits import WINDOW_KINDS, LimitKind, Scope
from bot.quotas.prices_shown import PricesShown
from bot.quotas.rules import QuotaRule
from bot.requests.listing import StatusFilter
from bot.servers.places import Permission
from bot.texts.texts import LOCALES_DIR
from cogs.commands.choices import Sound
from cogs.drawing.custom_ids import Act, CardAct
from cogs.moderation.models import Allowed, Default
from tests.factories import make_request
from tests.languages import LOCALES, strict_texts
from tests.offers import PLAIN

_STARTS = (
    r"refused|failed|failure|not-found|not-allowed|too-late|status|state|clip|notice"
    r"|button|modal|cancelled|deleted|list|usage|settings|mode|permission|choice"
)
_TEXT_ID = re.compile(rf"(?:{_STARTS})(?:-[a-z_]+)+")


class _Variables(Visitor):
    def __init__(self) -> None:
        self.names: set[str] = set()

    def visit_VariableReference(self, node: VariableReference) -> None:  # noqa: N802 - Fluent's name
        self.names.add(node.id.name)

    def of(self, node: BaseNode) -> frozenset[str]:
        self.visit(node)
        return frozenset(self.names)


def messages_of(locale: str) -> dict[str, frozenset[str]]:
    """Return each message of a language with the names of its variables."""
    found: dict[str, frozenset[str]] = {}
    for path in sorted((LOCALES_DIR / locale).glob("*.ftl")):
        for entry in FluentParser().parse(path.read_text("utf-8")).body:
            assert not isinstance(entry, Junk), f"{path.name}: {entry.content}"
            if isinstance(entry, Message):
                assert entry.id.name not in found, f"twice: {entry.id.name}"
                found[entry.id.name] = _Variables().of(entry)
    return found


def literals(package: Path) -> Iterator[str]:
    """Return every string in the code of a package that looks like a text's id."""
    for path in package.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def composed_ids() -> Iterator[str]:
    """Return the ids that the code puts together, which no scan can find."""
    yield from (f"failure-{failure}" for failure in Failure)
    yield from (f"permission-{permission}" for permission in Permission)
    yield from (f"mode-{mode}" for mode in Mode)
    yield from (f"choice-mode-{mode}" for mode in Mode)
    yield from (f"choice-aspect-{aspect.name.lower()}" for aspect in Aspect)
    yield from (f"choice-status-{status}" for status in StatusFilter)
    yield from (f"button-{act}" for act in Act)
    yield from (f"state-{state}" for state in JobState)
    for text_id in ("cancelled-counts", "cancel-question"):
        yield from (text_id, f"{text_id}-of")
    for text_id in ("quota-prices", "quota-prices-set", "audit-prices"):
        yield from (f"{text_id}-{shown}" for shown in PricesShown)
    for status in (*StatusFilter, "all"):
        yield f"list-title-{status}"
    yield from (f"list-empty-{status}" for status in StatusFilter)
    yield from (f"refused-{rule}" for rule in QuotaRule)
    scopes = set(Scope) - {Scope.OPERATOR}
    yield from (f"choice-scope-{scope}" for scope in scopes)
    yield from (f"quota-source-{whose}" for whose in (*Scope, "you"))
    yield from (f"quota-resets-{window}" for window in ("day", "month", "both"))
    yield from (f"quota-target-{scope}" for scope in (Scope.SERVER, Scope.MEMBERS))
    yield from (f"quota-set-{kind}" for kind in LimitKind)
    bounded = (LimitKind.PER_DAY, LimitKind.PER_MONTH, LimitKind.AT_ONCE)
    yield from (f"quota-too-much-{kind}" for kind in bounded)
    yield from (f"quota-bound-{kind}" for kind in bounded[:2])
    yield from (f"quota-window-{kind}" for kind in WINDOW_KINDS)
    yield from (f"refused-{verdict}" for verdict in REFUSALS)
    spicy = {one for one in Verdict if not one.startswith("picture")}
    spicy -= {Verdict.BLOCKED, Verdict.WORDS}
    yield from (f"about-spicy-{verdict}" for verdict in spicy)
    yield from (f"about-pictures-{policy}" for policy in PicturesPolicy)
    yield from (f"refused-pattern-{fault}" for fault in PatternFault)
    yield from (f"card-done-{act.name.lower()}" for act in CardAct)
    for menu, values in {
        "policy": SpicyPolicy,
        "pictures": PicturesPolicy,
        "action": Change,
        "purpose": Purpose,
        "kind": WordKind,
        "applies": Applies,
        "allowed": Allowed,
        "default": Default,
        "sound": Sound,
        "prices": PricesShown,
    }.items():
        yield from (f"choice-{menu}-{value}" for value in values)
    yield from (
        "command-report-video-name",
        "command-animate-picture-name",
        "command-show-credits-name",
    )
    for state in JobState:
        if state is JobState.CANCELLED:
            yield from ("status-cancelled-free", "status-cancelled-counts")
        else:
            yield f"status-{state}"


def test_all_languages_have_the_same_texts_with_the_same_variables() -> None:
    english = messages_of("en-US")

    assert english
    for locale in LOCALES:
        assert messages_of(locale) == english, locale


def test_every_text_named_in_the_code_exists() -> None:
    known = messages_of("en-US")
    packages = [Path(package.__path__[0]) for package in (bot, cogs)]
    named = {
        literal
        for package in packages
        for literal in literals(package)
        if _TEXT_ID.fullmatch(literal)
    }

    assert "refused-prompt-empty" in named
    assert "not-found-job" in named
    assert named - set(known) == set()


def test_every_text_the_code_composes_exists() -> None:
    assert set(composed_ids()) - set(messages_of("en-US")) == set()


def test_no_text_is_left_that_nobody_says() -> None:
    packages = [Path(package.__path__[0]) for package in (bot, cogs)]
    said = {literal for package in packages for literal in literals(package)}
    composed = set(composed_ids())
    commands = re.compile(r"(command|option)-.*-(name|description)")
    links = {f"{text_id}-link" for text_id in composed if "status-" in text_id}

    unsaid = {
        text_id
        for text_id in messages_of("en-US")
        if text_id not in said | composed | links and not commands.fullmatch(text_id)
    }
    assert unsaid == set()


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("failure", list(Failure))
def test_every_failure_has_a_sentence(locale: str, failure: Failure) -> None:
    said = strict_texts().say(locale, f"failure-{failure}", reference="0a1b2c3d")

    assert len(said) > 20
    assert said.endswith(".")


def test_the_limit_in_the_sentence_is_the_limit_in_the_code() -> None:
    profile = PLAIN.first.text
    fault = request_fault(make_request(prompt="x" * (PROMPT_MAX_CHARS + 1)), profile)
    assert fault is not None

    said = strict_texts().say("en-US", fault.text_id, **fault.values)

    assert f"{PROMPT_MAX_CHARS:,}" in said
