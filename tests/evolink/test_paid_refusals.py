"""What each bad answer to a paid request means."""

import pytest

from bot.errors import (
    AccountRefused,
    ContentRefused,
    EvolinkError,
    EvolinkUnavailable,
    EvolinkUnsure,
    PictureRefused,
    RateLimited,
    RequestRefused,
)
from bot.evolink.client import EvolinkClient
from bot.jobs.tasks import Accepted
from tests.evolink.scripted import (
    SUBMIT_KEY,
    TASK_ID,
    ScriptedEvolink,
    complaint,
    old_complaint,
)
from tests.factories import make_request

INVALID = "invalid_request_error"


async def create(client: EvolinkClient) -> Accepted:
    return await client.create(make_request(), key=SUBMIT_KEY)


BY_STATUS = [
    (400, complaint("invalid_request", INVALID, param="prompt"), RequestRefused),
    (400, old_complaint(400, INVALID, param="prompt"), RequestRefused),
    (400, complaint("content_policy_violation", INVALID), ContentRefused),
    (400, complaint("image_processing_error", INVALID), PictureRefused),
    (401, complaint("unauthorized", "authentication_error"), AccountRefused),
    (401, old_complaint(401, "authentication_error"), AccountRefused),
    (402, complaint("insufficient_quota", "insufficient_quota"), AccountRefused),
    (402, old_complaint(402, "insufficient_quota_error"), AccountRefused),
    (402, complaint("quota_exceeded", "insufficient_quota"), AccountRefused),
    (403, complaint("model_access_denied", INVALID), AccountRefused),
    (403, old_complaint(403, "permission_error", param="model"), AccountRefused),
    (404, old_complaint(404, "not_found_error", param="model"), AccountRefused),
    (404, complaint("model_not_found", INVALID), AccountRefused),
    (404, b"<html>not found</html>", AccountRefused),
    (405, b"", AccountRefused),
    (408, b"", EvolinkUnsure),
    (409, old_complaint(409, "upstream_error"), EvolinkUnsure),
    (413, old_complaint(413, "request_too_large_error"), RequestRefused),
    (413, b"<html>too large</html>", RequestRefused),
    (418, {"message": "teapot"}, RequestRefused),
    (422, {"detail": []}, RequestRefused),
    (429, complaint("rate_limit_exceeded", "rate_limit_error"), RateLimited),
    (429, old_complaint(429, "rate_limit_error"), RateLimited),
    (429, complaint("quota_exceeded", "rate_limit_error"), RateLimited),
    (429, b"slow down", RateLimited),
    (499, b"", EvolinkUnsure),
    (500, complaint("internal_error", "api_error"), EvolinkUnsure),
    (500, old_complaint(500, "internal_server_error"), EvolinkUnsure),
    (502, old_complaint(502, "upstream_error"), EvolinkUnsure),
    (502, b"<html>Bad Gateway</html>", EvolinkUnsure),
    (503, old_complaint(503, "service_unavailable_error"), EvolinkUnsure),
    (503, complaint("service_unavailable", "api_error"), EvolinkUnsure),
    (524, b"", EvolinkUnsure),
    (599, {"error": "who knows"}, EvolinkUnsure),
    (301, b"", EvolinkUnsure),
    (303, {"id": TASK_ID}, EvolinkUnsure),
]
"""Each row of EvoLink's two pages on errors, then what else gateways say."""


@pytest.mark.parametrize(("status", "body", "kind"), BY_STATUS)
async def test_what_a_bad_answer_to_a_paid_request_means(
    client: EvolinkClient,
    evolink: ScriptedEvolink,
    status: int,
    body: object,
    kind: type[EvolinkError],
) -> None:
    """Refused means that nothing is owed; whatever may have been paid is unsure."""
    evolink.says(status, body)

    with pytest.raises(EvolinkError) as caught:
        await create(client)

    assert type(caught.value) is kind
    assert caught.value.status == status
    assert str(caught.value).startswith(
        f"POST /v1/videos/generations answered {status}"
    )


BY_CODE = [
    ("insufficient_quota", AccountRefused),
    ("insufficient_user_quota", AccountRefused),
    ("quota_not_enough", AccountRefused),
    ("account_balance_insufficient", AccountRefused),
    ("insufficient_token_quota", AccountRefused),
    ("key_quota_exhausted", AccountRefused),
    ("token_daily_quota_exceeded", AccountRefused),
    ("key_daily_quota_exhausted", AccountRefused),
    ("key_disabled", AccountRefused),
    ("key_expired", AccountRefused),
    ("key_model_not_allowed", AccountRefused),
    ("user_disabled", AccountRefused),
    ("content_policy_violation", ContentRefused),
    ("content_filter", ContentRefused),
    ("sensitive_content", ContentRefused),
    ("moderation_blocked", ContentRefused),
    ("input_moderation_failed", ContentRefused),
    ("rate_limit_exceeded", RateLimited),
    ("idempotency_conflict", RequestRefused),
    ("paid_outcome_unknown", EvolinkUnsure),
]


@pytest.mark.parametrize("status", [200, 400, 402, 403, 409, 500])
@pytest.mark.parametrize(("code", "kind"), BY_CODE)
async def test_a_known_code_decides_whatever_the_status(
    client: EvolinkClient,
    evolink: ScriptedEvolink,
    code: str,
    kind: type[EvolinkError],
    status: int,
) -> None:
    evolink.says(status, complaint(code, "evo_api_error"))

    with pytest.raises(EvolinkError) as caught:
        await create(client)

    assert type(caught.value) is kind
    assert caught.value.code == code


@pytest.mark.parametrize(
    "code", ["image_processing_error", "image_dimension_mismatch", "image_too_large"]
)
@pytest.mark.parametrize(
    ("status", "kind"),
    [(400, PictureRefused), (409, EvolinkUnsure), (500, EvolinkUnsure)],
)
async def test_a_picture_is_refused_only_where_nothing_can_have_been_accepted(
    client: EvolinkClient,
    evolink: ScriptedEvolink,
    code: str,
    status: int,
    kind: type[EvolinkError],
) -> None:
    """As HTTP errors these codes are not documented, only as those of tasks."""
    evolink.says(status, complaint(code, "evo_api_error"))

    with pytest.raises(EvolinkError) as caught:
        await create(client)

    assert type(caught.value) is kind


@pytest.mark.parametrize(
    "code",
    ["no_available_channel", "model_unavailable", "channel:no_available_key"],
)
@pytest.mark.parametrize(
    ("status", "kind"), [(400, EvolinkUnavailable), (503, EvolinkUnsure)]
)
async def test_a_gateway_without_a_provider_took_nothing_if_it_says_so_with_a_4xx(
    client: EvolinkClient,
    evolink: ScriptedEvolink,
    code: str,
    status: int,
    kind: type[EvolinkError],
) -> None:
    evolink.says(status, complaint(code, "evo_api_error"))

    with pytest.raises(EvolinkError) as caught:
        await create(client)

    assert type(caught.value) is kind
