"""The page over real HTTP: shown to its operator, and to nobody else."""

import re
from collections.abc import Mapping

import aiohttp
import pytest
from structlog.testing import capture_logs
from yarl import URL

from bot.texts.texts import Texts
from bot.web.page.endpoint import COOKIE
from bot.web.page.sessions import TRIES, TRIES_WITHIN
from tests.clock import FakeClock
from tests.web.page.sample import TOKEN, make_page, served

PUBLIC = "https://clapper.example.org"
SHOWN = "What needed a person"


async def ask(
    url: str, headers: Mapping[str, str] | None = None, method: str = "GET"
) -> tuple[int, str]:
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, url, headers=headers) as answer,
    ):
        return answer.status, await answer.text()


async def test_on_this_machine_the_page_is_shown(
    texts: Texts, clock: FakeClock
) -> None:
    async with served(make_page(texts, clock)) as address:
        status, shown = await ask(address)

    assert status == 200
    assert SHOWN in shown
    assert "Sign out" not in shown


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-For": "203.0.113.9"},
        {"X-Real-IP": "203.0.113.9"},
        {"Forwarded": "for=203.0.113.9"},
        {"Via": "1.1 proxy"},
        {"Host": "rebound.example"},
    ],
    ids="-".join,
)
async def test_through_a_proxy_or_by_another_name_nothing_is_shown(
    texts: Texts, clock: FakeClock, headers: dict[str, str]
) -> None:
    async with served(make_page(texts, clock)) as address:
        status, shown = await ask(address, headers)

    assert status in {400, 403}
    assert SHOWN not in shown
    assert "Paper Boats" not in shown
    assert status == 400 or "set http.page_token" in shown


async def test_beyond_loopback_nothing_is_shown_without_a_token(
    texts: Texts, clock: FakeClock
) -> None:
    page = make_page(texts, clock, listens_on_loopback=False)
    async with served(page, "0.0.0.0:0") as address:
        status, shown = await ask(address.replace("0.0.0.0", "127.0.0.1"))  # noqa: S104 - asked, not bound

    assert status == 403
    assert SHOWN not in shown


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "OPTIONS"])
@pytest.mark.parametrize("token", [None, TOKEN])
async def test_on_the_public_address_the_page_is_as_unknown_as_any(
    texts: Texts, clock: FakeClock, method: str, token: str | None
) -> None:
    page = make_page(texts, clock, token=token, public_url=PUBLIC)
    headers = {"Host": "clapper.example.org", "Authorization": f"Bearer {TOKEN}"}

    async with served(page) as address, aiohttp.ClientSession() as session:
        answers = []
        for path in ("/", "/there-is-nothing"):
            async with session.request(
                method, f"{address}{path}", headers=headers
            ) as answer:
                told = {
                    name: value
                    for name, value in answer.headers.items()
                    if name != "Date"
                }
                answers.append((answer.status, told, await answer.text()))

    assert answers[0] == answers[1]
    assert answers[0][0] == 404


async def test_with_a_token_it_is_asked_for_even_on_this_machine(
    texts: Texts, clock: FakeClock
) -> None:
    async with served(make_page(texts, clock, token=TOKEN)) as address:
        status, shown = await ask(address)

    assert status == 401
    assert '<input id="token"' in shown
    assert SHOWN not in shown
    assert TOKEN not in shown


@pytest.mark.parametrize("is_https", [False, True])
async def test_the_token_begins_a_session_that_can_be_ended(
    texts: Texts, clock: FakeClock, *, is_https: bool
) -> None:
    proxy = {"X-Forwarded-Proto": "https"} if is_https else {}
    async with (
        served(make_page(texts, clock, token=TOKEN)) as address,
        aiohttp.ClientSession() as session,
    ):
        async with session.post(
            address, data={"token": f" {TOKEN}\n"}, headers=proxy, allow_redirects=False
        ) as answer:
            assert (answer.status, answer.headers["Location"]) == (303, "/")
            (cookie,) = answer.cookies.values()
            assert cookie.key == (f"__Host-{COOKIE}" if is_https else COOKIE)
        assert cookie["httponly"]
        assert cookie["samesite"] == "Strict"
        assert cookie["path"] == "/"
        assert bool(cookie["secure"]) is is_https
        kept = {"Cookie": f"{cookie.key}={cookie.value}", **proxy}

        assert SHOWN in (await ask(address, kept))[1]
        assert SHOWN not in (await ask(address, {"Cookie": f"{COOKIE}=x"}))[1]
        async with session.post(
            address, data={"sign-out": "yes"}, headers=kept, allow_redirects=False
        ) as answer:
            assert answer.status == 303
        assert (await ask(address, kept))[0] == 401


async def test_a_program_gives_the_token_in_a_header(
    texts: Texts, clock: FakeClock
) -> None:
    async with served(make_page(texts, clock, token=TOKEN)) as address:
        right = await ask(address, {"Authorization": f"Bearer {TOKEN}"})
        wrong = await ask(address, {"Authorization": f"Bearer {TOKEN[:-1]}"})
        other = await ask(address, {"Authorization": "Basic eDp5"})

    assert (right[0], SHOWN in right[1]) == (200, True)
    assert (wrong[0], SHOWN in wrong[1]) == (401, False)
    assert "That is not the page token." in wrong[1]
    assert (other[0], SHOWN in other[1]) == (401, False)


async def test_whoever_guesses_has_to_wait_and_whoever_is_in_stays_so(
    texts: Texts, clock: FakeClock
) -> None:
    page = make_page(texts, clock, token=TOKEN)
    jar = aiohttp.CookieJar(unsafe=True)
    async with (
        served(page) as address,
        aiohttp.ClientSession(cookie_jar=jar) as operator,
        aiohttp.ClientSession() as guesser,
    ):
        await (await operator.post(address, data={"token": TOKEN})).read()
        statuses = []
        for number in range(TRIES + 1):
            guess = {"token": f"{number:032}"}
            async with guesser.post(address, data=guess) as answer:
                statuses.append(answer.status)
        assert statuses == [401] * TRIES + [429]
        async with guesser.post(address, data={"token": TOKEN}) as answer:
            assert answer.status == 429
            assert int(answer.headers["Retry-After"]) > 0
        async with operator.get(address) as answer:
            assert answer.status == 200

        clock.advance(TRIES_WITHIN.total_seconds())
        async with guesser.post(
            address, data={"token": TOKEN}, allow_redirects=False
        ) as answer:
            assert answer.status == 303


async def test_neither_the_token_nor_a_guess_reaches_the_log(
    texts: Texts, clock: FakeClock
) -> None:
    page = make_page(texts, clock, token=TOKEN)
    with capture_logs() as logs:
        async with served(page) as address, aiohttp.ClientSession() as session:
            for given in (TOKEN, "a-guess-" * 4):
                await (await session.post(address, data={"token": given})).read()

    assert [line["event"] for line in logs] == [
        "page session begun",
        "page token refused",
    ]
    assert {line["peer"] for line in logs} == {"127.0.0.1"}
    assert TOKEN not in str(logs)
    assert "a-guess" not in str(logs)
    assert TOKEN not in repr(vars(page)["_rules"])


@pytest.mark.parametrize("body", [b"", b"\xff=\xfe", b"token=", b"{}"])
async def test_what_is_no_form_opens_nothing(
    texts: Texts, clock: FakeClock, body: bytes
) -> None:
    kinds = ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "")
    async with (
        served(make_page(texts, clock, token=TOKEN)) as address,
        aiohttp.ClientSession() as session,
    ):
        for kind in kinds:
            async with session.post(
                address, data=body, headers={"Content-Type": kind}
            ) as answer:
                assert answer.status in {400, 401}
                assert SHOWN not in await answer.text()


async def test_the_page_is_framed_cached_and_told_on_nowhere(
    texts: Texts, clock: FakeClock
) -> None:
    async with (
        served(make_page(texts, clock)) as address,
        aiohttp.ClientSession() as session,
        session.get(address) as answer,
    ):
        headers = answer.headers
        policy = headers["Content-Security-Policy"]
        shown = await answer.text()

    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert "<script" not in shown
    assert " style=" not in shown
    assert re.search(r"<[^>]*\son\w+=", shown) is None


async def test_it_is_loaded_again_by_itself_only_where_that_is_asked_for(
    texts: Texts, clock: FakeClock
) -> None:
    """A page that changes under a screen reader has to be wanted (WCAG 2.2, 2.2.2)."""
    async with served(make_page(texts, clock)) as address:
        assert 'http-equiv="refresh"' not in (await ask(address))[1]
        again = await ask(str(URL(address) % {"refresh": "on"}))

    assert '<meta http-equiv="refresh" content="30">' in again[1]
    assert "Stop refreshing" in again[1]


async def test_it_is_read_and_posted_to_and_nothing_else(
    texts: Texts, clock: FakeClock
) -> None:
    async with served(make_page(texts, clock, token=TOKEN)) as address:
        assert (await ask(address, method="DELETE"))[0] == 405
        assert (await ask(address, method="HEAD"))[0] == 401
