"""The tree of errors."""

import re
from collections.abc import Iterator

import pytest

from bot import errors


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
    ("status", "of_the_key"), [(401, True), (403, True), (402, False), (404, False)]
)
def test_a_refused_key_is_told_from_an_empty_account(
    status: int, *, of_the_key: bool
) -> None:
    """The one stops the start; the other ends by itself."""
    assert errors.AccountRefused("", status=status).is_of_the_key is of_the_key


@pytest.mark.parametrize(
    ("kind", "may_repeat"),
    [
        (errors.EvolinkUnavailable, True),
        (errors.RateLimited, True),
        (errors.EvolinkUnsure, True),
        (errors.EvolinkConfused, True),
        (errors.RequestRefused, False),
        (errors.ContentRefused, False),
        (errors.AccountRefused, False),
        (errors.TaskUnknown, False),
        (errors.NoSuchEndpoint, False),
    ],
)
def test_the_type_says_whether_the_same_request_may_be_sent_again(
    kind: type[errors.EvolinkError], *, may_repeat: bool
) -> None:
    assert kind.may_repeat is may_repeat
