"""Why an account is refused: what the operator has to change."""

import pytest

from bot.errors import AccountFault, AccountRefused
from bot.evolink.client import EvolinkClient
from bot.ids import new_submit_key
from sandbox.evolink import Fault
from sandbox.evolink.refusal_kinds import OF_ACCOUNT
from tests.evolink.pair import CREATE, Start
from tests.evolink.scripted import (
    SUBMIT_KEY,
    ScriptedEvolink,
    complaint,
    old_complaint,
)
from tests.factories import make_request

F = AccountFault
BY_CODE = {
    "unauthorized": F.KEY,
    "authentication_error": F.KEY,
    "insufficient_quota": F.BALANCE,
    "insufficient_user_quota": F.BALANCE,
    "quota_not_enough": F.BALANCE,
    "account_balance_insufficient": F.BALANCE,
    "insufficient_token_quota": F.BALANCE,
    "key_quota_exhausted": F.BALANCE,
    "token_daily_quota_exceeded": F.DAILY_LIMIT,
    "key_daily_quota_exhausted": F.DAILY_LIMIT,
    "key_disabled": F.KEY,
    "key_expired": F.KEY,
    "user_disabled": F.KEY,
    "key_model_not_allowed": F.MODEL,
    "model_access_denied": F.MODEL,
    "model_not_found": F.MODEL,
}


async def refusal(client: EvolinkClient) -> AccountRefused:
    with pytest.raises(AccountRefused) as caught:
        await client.create(make_request(), key=SUBMIT_KEY)
    return caught.value


@pytest.mark.parametrize(("code", "fault"), BY_CODE.items())
async def test_a_code_names_what_has_to_be_changed(
    client: EvolinkClient, evolink: ScriptedEvolink, code: str, fault: AccountFault
) -> None:
    """All share one type, which is a code itself: the code goes first."""
    evolink.says(402, complaint(code, "insufficient_quota"))

    assert (await refusal(client)).fault is fault


@pytest.mark.parametrize(
    ("status", "body", "fault"),
    [
        (401, old_complaint(401, "authentication_error"), F.KEY),
        (401, b"", F.KEY),
        (402, old_complaint(402, "insufficient_quota_error"), F.BALANCE),
        (402, b"", F.BALANCE),
        (402, complaint("quota_exceeded", "insufficient_quota"), F.BALANCE),
        (402, complaint("a_new_code", "insufficient_quota"), F.BALANCE),
        (403, old_complaint(403, "permission_error", param="model"), F.MODEL),
        (404, old_complaint(404, "not_found_error", param="model"), F.MODEL),
        (404, b"<html>not found</html>", F.ADDRESS),
        (405, b"", F.ADDRESS),
    ],
)
async def test_without_a_known_code_the_status_names_it(
    client: EvolinkClient,
    evolink: ScriptedEvolink,
    status: int,
    body: object,
    fault: AccountFault,
) -> None:
    evolink.says(status, body)

    assert (await refusal(client)).fault is fault


@pytest.mark.parametrize(
    ("named", "zone"),
    [
        ("Asia/Shanghai", "Asia/Shanghai"),
        ("utc", "UTC"),
        ("Mars/Olympus", None),
        ("../../etc/passwd", None),
        (8, None),
        (None, None),
    ],
)
async def test_the_zone_of_a_daily_limit_is_taken_if_it_is_one(
    client: EvolinkClient, evolink: ScriptedEvolink, named: object, zone: str | None
) -> None:
    code = "token_daily_quota_exceeded"
    evolink.says(402, complaint(code, "insufficient_quota", reset_timezone=named))

    assert (await refusal(client)).reset_zone == zone


@pytest.mark.parametrize("replayed", [False, True])
async def test_a_refusal_that_was_repeated_to_the_key_is_told_apart(
    client: EvolinkClient,
    evolink: ScriptedEvolink,
    replayed: bool,  # noqa: FBT001 - a parameter
) -> None:
    headers = {"Idempotency_Replayed": "true"} if replayed else {}
    evolink.says(402, complaint("key_disabled", "insufficient_quota"), **headers)

    assert (await refusal(client)).replayed is replayed


@pytest.mark.parametrize("code", OF_ACCOUNT)
async def test_what_the_stand_in_refuses_is_understood(start: Start, code: str) -> None:
    pair = await start()
    pair.evolink.faults.add(Fault(path=CREATE, answer=402, code=code))

    with pytest.raises(AccountRefused) as caught:
        await pair.client.create(make_request(), key=new_submit_key())

    assert caught.value.fault is BY_CODE[code]
    zone = "Asia/Shanghai" if "daily" in code else None
    assert caught.value.reset_zone == zone
