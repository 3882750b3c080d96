"""What a model takes of a request, and what is wrong with the rest."""

import pytest

from bot.jobs.video import request_fault
from bot.models.profile import PROMPT_MAX_CHARS
from tests import offers
from tests.factories import make_request

GROK = offers.PLAIN.first.text
BETA = offers.BETA.first.text


@pytest.mark.parametrize("prompt", ["a", "x" * PROMPT_MAX_CHARS, " 'quoted\"; -- "])
@pytest.mark.parametrize("duration_s", GROK.durations_s)
def test_a_proper_request_has_no_fault(prompt: str, duration_s: int) -> None:
    assert (
        request_fault(make_request(prompt=prompt, duration_s=duration_s), GROK) is None
    )


@pytest.mark.parametrize(
    ("wrong", "text_id"),
    [
        ({"prompt": ""}, "refused-prompt-empty"),
        ({"prompt": " \n\t\u3000"}, "refused-prompt-empty"),
        ({"prompt": "\u200b\u200d\ufeff\x00"}, "refused-prompt-empty"),
        ({"prompt": "\u3164\u2800\U000e0041"}, "refused-prompt-empty"),
        ({"prompt": "x" * (PROMPT_MAX_CHARS + 1)}, "refused-prompt-long"),
        ({"prompt": "half a fox: \ud83e"}, "refused-prompt-broken"),
        ({"prompt": "a fox\0 on a hill"}, "refused-prompt-broken"),
        ({"duration_s": 5}, "refused-duration"),
        ({"duration_s": 30}, "refused-duration"),
        ({"duration_s": -6}, "refused-duration"),
        ({"quality": "720p"}, "refused-quality"),
    ],
)
def test_each_option_out_of_range_is_refused(
    wrong: dict[str, object], text_id: str
) -> None:
    """A client that is not Discord's sends what no menu offers."""
    fault = request_fault(make_request(**wrong), GROK)

    assert fault is not None
    assert fault.text_id == text_id


def test_another_model_allows_other_things() -> None:
    assert request_fault(make_request(duration_s=30, quality="720p"), BETA) is None
    fault = request_fault(make_request(quality="4k"), BETA)
    assert fault is not None
    assert fault.text_id == "refused-quality"


def test_a_prompt_is_in_no_repr() -> None:
    """Whatever holds a request may end up in a log: an error, a task's arguments."""
    request = make_request(prompt="a secret fox")

    assert "fox" not in repr(request)
    assert "fox" not in repr({"asked": request})
