"""What is written into a button's custom_id is read again, and nothing else is."""

from itertools import product

import pytest
from hypothesis import given, strategies as st

from bot.ids import new_job_id
from bot.requests.listing import StatusFilter
from cogs.drawing.custom_ids import (
    Act,
    JobPress,
    MessageKind,
    PagePress,
    job_button,
    job_press,
    page_button,
    page_press,
)


@pytest.mark.parametrize(("act", "message_kind"), list(product(Act, MessageKind)))
def test_what_a_button_says_is_read_again(act: Act, message_kind: MessageKind) -> None:
    job_id = new_job_id()
    custom_id = job_button(act, job_id, message_kind)

    assert job_press(custom_id) == JobPress(
        act=act, job_id=job_id, message_kind=message_kind
    )
    assert page_press(custom_id) is None
    assert len(custom_id) <= 100


@pytest.mark.parametrize("status", [None, *StatusFilter])
def test_a_page_button_keeps_the_selection(status: StatusFilter | None) -> None:
    custom_id = page_button(status, 7)

    assert page_press(custom_id) == PagePress(status=status, page=7)
    assert job_press(custom_id) is None


@pytest.mark.parametrize(
    "forged",
    [
        "",
        "clapper:cancel:0123456789abcdef",
        "clapper:cancel:0123456789ABCDEF:status",
        "clapper:cancel:0123456789abcdef:status\n",
        "clapper:drop:0123456789abcdef:status",
        "other:cancel:0123456789abcdef:status",
        "clapper:list:all:-1",
        "clapper:list:all:99999999999999999999",
        "clapper:list:everything:1",
    ],
)
def test_what_we_did_not_write_is_not_ours(forged: str) -> None:
    assert job_press(forged) is None
    assert page_press(forged) is None


@given(st.text(max_size=100))
def test_any_custom_id_can_be_looked_at(custom_id: str) -> None:
    job_press(custom_id)
    page_press(custom_id)
