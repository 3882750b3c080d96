"""What `make test` runs of a test with parameters: one usual case of each parameter."""

import pytest

from tests.selection import first_cases, thorough


def marks_of(test: object) -> list[pytest.Mark]:
    """Return its marks, the one nearest to the function first."""
    return list(getattr(test, "pytestmark", []))


def cases_of(test: object) -> list[tuple[object, ...]]:
    """Return the cases of each mark."""
    return [
        tuple(getattr(case, "values", (case,))[0] for case in mark.args[1])
        for mark in marks_of(test)
    ]


def test_the_first_case_of_each_parameter_is_left() -> None:
    @pytest.mark.parametrize("number", [1, 2, 3])
    @pytest.mark.parametrize("word", ("one", "two"))  # noqa: PT007 - any sequence
    def test(number: int, word: str) -> None: ...

    first_cases(test)

    assert cases_of(test) == [("one",), (1,)]


def test_it_is_the_first_that_is_not_thorough() -> None:
    @pytest.mark.parametrize("number", [*thorough(1, 2), 3, 4])
    def test(number: int) -> None: ...

    first_cases(test)

    assert cases_of(test) == [(3,)]


def test_where_all_are_thorough_one_is_left_for_its_mark() -> None:
    """Without any there would be a skipped item in its place."""

    @pytest.mark.parametrize("number", thorough(1, 2))
    def test(number: int) -> None: ...

    first_cases(test)

    assert cases_of(test) == [(1,)]


def test_the_case_keeps_its_own_name() -> None:
    @pytest.mark.parametrize("number", [*thorough(1), 2], ids=["one", "two"])
    @pytest.mark.parametrize("other", [5, 6], ids=str)
    def test(number: int, other: int) -> None: ...

    first_cases(test)

    by_function, listed = (mark.kwargs["ids"] for mark in marks_of(test))
    assert (by_function, listed) == (str, ["two"])


def test_a_test_without_parameters_is_left_alone() -> None:
    @pytest.mark.lengthy
    def test() -> None: ...

    first_cases(test)

    assert [mark.name for mark in marks_of(test)] == ["lengthy"]


def test_a_case_of_several_values_is_given_as_a_tuple() -> None:
    case, *others = thorough(("one", 1))

    assert others == []
    assert isinstance(case, type(pytest.param()))
    assert (case.values, [mark.name for mark in case.marks]) == (
        ("one", 1),
        ["thorough"],
    )
