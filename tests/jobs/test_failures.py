"""Which failure EvoLink's code of a task is."""

import pytest

from bot.jobs.failures import EVOLINK_FAILURES, Failure, failure_from_evolink


@pytest.mark.parametrize("failure", sorted(EVOLINK_FAILURES))
def test_a_documented_code_keeps_its_name(failure: Failure) -> None:
    assert failure_from_evolink(failure.value) is failure


@pytest.mark.parametrize(
    "code", [None, "", "brand_new_code", "CONTENT_POLICY_VIOLATION"]
)
def test_a_code_that_nobody_documents_is_unknown(code: str | None) -> None:
    assert failure_from_evolink(code) is Failure.UNKNOWN_ERROR


@pytest.mark.parametrize("code", ["image_not_fetched", "image_too_small"])
def test_whatever_is_wrong_with_a_picture_is_said_of_the_picture(code: str) -> None:
    assert failure_from_evolink(code) is Failure.PICTURE_REFUSED


@pytest.mark.parametrize("ours", sorted(set(Failure) - EVOLINK_FAILURES))
def test_evolink_cannot_speak_in_our_codes(ours: Failure) -> None:
    """Else an answer from outside could say that the place is gone, or the account."""
    assert failure_from_evolink(ours.value) is Failure.UNKNOWN_ERROR


def test_the_codes_of_tasks_are_fourteen() -> None:
    """EvoLink docs, error codes of tasks; its client also knows `rate_limited`."""
    assert len(EVOLINK_FAILURES) == 14
    assert Failure.RATE_LIMITED in EVOLINK_FAILURES
    assert Failure.UNKNOWN_ERROR in EVOLINK_FAILURES
    assert Failure.ACCOUNT not in EVOLINK_FAILURES
