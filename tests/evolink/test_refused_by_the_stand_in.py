"""What the stand-in refuses, and what the client makes of it."""

from typing import Any

import pytest

from bot.errors import (
    AccountRefused,
    ContentRefused,
    EvolinkError,
    EvolinkUnsure,
    RateLimited,
    RequestRefused,
)
from bot.ids import new_submit_key
from tests.evolink.pair import Dialect, Start
from tests.factories import make_request

REFUSALS = [
    (400, RequestRefused),
    (401, AccountRefused),
    (402, AccountRefused),
    (403, AccountRefused),
    (404, AccountRefused),
    (413, RequestRefused),
    (429, RateLimited),
    (500, EvolinkUnsure),
    (502, EvolinkUnsure),
    (503, EvolinkUnsure),
]


@pytest.mark.parametrize("dialect", ["2026", "2025"])
@pytest.mark.parametrize(("status", "kind"), REFUSALS)
async def test_each_refusal_of_a_paid_request_is_understood_in_both_dialects(
    start: Start, dialect: Dialect, status: int, kind: type[EvolinkError]
) -> None:
    pair = await start(dialect=dialect)

    with pytest.raises(EvolinkError) as caught:
        await pair.order(f"a fox [[refuse:{status}]]")

    assert type(caught.value) is kind
    assert caught.value.status == status
    assert caught.value.request_id is not None
    assert pair.evolink.paid_tasks == 0


async def test_a_content_block_at_the_door_is_told_apart(start: Start) -> None:
    pair = await start()

    with pytest.raises(ContentRefused):
        await pair.order("[[refuse:400:content_policy_violation]]")


@pytest.mark.parametrize("dialect", ["2026", "2025"])
@pytest.mark.parametrize(
    ("switches", "changes", "kind"),
    [
        ({}, {"duration_s": 7}, RequestRefused),
        ({}, {"quality": "720p"}, RequestRefused),
        ({}, {"prompt": ""}, RequestRefused),
        ({}, {"model": "no-such-model"}, AccountRefused),
        (
            {"denied_models": frozenset({"grok-imagine-text-to-video"})},
            {},
            AccountRefused,
        ),
        ({"credits_held": 1.0}, {}, AccountRefused),
        ({"max_active_tasks": 0}, {}, RateLimited),
        ({"max_body_bytes": 200}, {"prompt": "fox " * 500}, RequestRefused),
    ],
)
async def test_what_the_service_itself_refuses_is_understood(
    start: Start,
    dialect: Dialect,
    switches: dict[str, Any],
    changes: dict[str, Any],
    kind: type[EvolinkError],
) -> None:
    pair = await start(dialect=dialect, **switches)

    with pytest.raises(EvolinkError) as caught:
        await pair.order(**({"prompt": "a fox"} | changes))

    assert type(caught.value) is kind
    assert pair.evolink.paid_tasks == 0


@pytest.mark.parametrize("dialect", ["2026", "2025"])
async def test_a_wrong_key_is_refused_everywhere(
    start: Start, dialect: Dialect
) -> None:
    pair = await start(dialect=dialect)
    accepted = await pair.order("a fox")
    stranger = pair.as_account("sk-somebody-else-entirely")

    for question in (
        stranger.create(make_request(), key=new_submit_key()),
        stranger.task(accepted.task_id),
        stranger.tasks([accepted.task_id]),
        stranger.credits(),
    ):
        with pytest.raises(AccountRefused):
            await question
