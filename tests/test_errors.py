import re
from collections.abc import Iterator

import pytest

from bot import errors
from bot.errors import (
    AccountRefused,
    Audience,
    ContentRefused,
    EvolinkConfused,
    EvolinkError,
    EvolinkUnavailable,
    EvolinkUnsure,
    NoSuchEndpoint,
    RateLimited,
    RequestRefused,
    TaskUnknown,
)


def family(
    parent: type[errors.ClapperError], depth: int = 0
) -> Iterator[tuple[int, str]]:
    yield depth, parent.__name__
    for child in parent.__subclasses__():
        if child.__module__ != errors.__name__:
            continue  # another module's own kind, such as what the cogs tell apart
        yield from family(child, depth + 1)


def test_the_module_docstring_draws_the_real_tree() -> None:
    """Each class stands in the drawing, under its parent and nowhere else."""
    drawing = re.findall(r"^( *)[*+.-] (\w+)", errors.__doc__ or "", flags=re.MULTILINE)

    assert [(len(indent) // 2, name) for indent, name in drawing] == list(
        family(errors.ClapperError)
    )


@pytest.mark.parametrize(
    ("kind", "may_repeat", "maybe_paid", "tell"),
    [
        (EvolinkUnavailable, True, False, Audience.NOBODY),
        (RateLimited, True, False, Audience.NOBODY),
        (EvolinkUnsure, True, True, Audience.OPERATOR),
        (RequestRefused, False, False, Audience.MEMBER),
        (ContentRefused, False, False, Audience.MEMBER),
        (AccountRefused, False, False, Audience.OPERATOR),
        (TaskUnknown, False, False, Audience.NOBODY),
        (NoSuchEndpoint, False, False, Audience.NOBODY),
        (EvolinkConfused, True, False, Audience.NOBODY),
    ],
)
def test_the_class_of_an_evolink_error_says_what_follows(
    kind: type[EvolinkError], *, may_repeat: bool, maybe_paid: bool, tell: Audience
) -> None:
    """Whoever catches one decides by these three, and they decide about money."""
    assert (kind.may_repeat, kind.maybe_paid, kind.tell) == (
        may_repeat,
        maybe_paid,
        tell,
    )
