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
    ("kind", "may_repeat", "maybe_paid", "tell"),
    [
        (errors.EvolinkUnavailable, True, False, errors.Audience.NOBODY),
        (errors.RateLimited, True, False, errors.Audience.NOBODY),
        (errors.EvolinkUnsure, True, True, errors.Audience.OPERATOR),
        (errors.EvolinkConfused, True, False, errors.Audience.NOBODY),
        (errors.RequestRefused, False, False, errors.Audience.MEMBER),
        (errors.ContentRefused, False, False, errors.Audience.MEMBER),
        (errors.AccountRefused, False, False, errors.Audience.OPERATOR),
        (errors.TaskUnknown, False, False, errors.Audience.NOBODY),
        (errors.NoSuchEndpoint, False, False, errors.Audience.NOBODY),
    ],
)
def test_the_type_says_what_follows(
    kind: type[errors.EvolinkError],
    *,
    may_repeat: bool,
    maybe_paid: bool,
    tell: errors.Audience,
) -> None:
    """Whether to repeat, whether money may be gone, and who can mend it."""
    assert (kind.may_repeat, kind.maybe_paid, kind.tell) == (
        may_repeat,
        maybe_paid,
        tell,
    )
