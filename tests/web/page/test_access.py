"""Who meets an open page, who is asked for the token, and who finds nothing."""

from dataclasses import replace
from typing import Any

import pytest

from bot.web.page.access import (
    Access,
    Caller,
    Rules,
    access_for,
    hosts_forwarded,
    is_proxy_header,
    is_public_address,
)

AT_HOME = Rules(has_token=False, listens_on_loopback=True, public_url=None)
BROWSER = Caller(
    peer="127.0.0.1",
    local="127.0.0.1",
    hosts=["127.0.0.1:8080"],
    has_proxy=False,
    is_http_1_1=True,
)
PUBLIC = "https://clapper.example.org"


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"hosts": ["localhost:8080"]},
        {"hosts": ["LOCALHOST"]},
        {"peer": "::1", "local": "::1", "hosts": ["[::1]:8080"]},
        {"peer": "127.8.9.1", "local": "127.0.0.2", "hosts": ["127.0.0.2"]},
    ],
)
def test_a_browser_on_this_machine_meets_an_open_page(changes: dict[str, Any]) -> None:
    assert access_for(AT_HOME, replace(BROWSER, **changes)) is Access.OPEN


@pytest.mark.parametrize(
    "changes",
    [
        {"peer": "192.168.1.7"},
        {"peer": "::ffff:192.168.1.7"},
        {"peer": ""},
        {"local": "192.168.1.1"},
        {"hosts": []},
        {"hosts": [""]},
        # A website that leads its own name to loopback.
        {"hosts": ["rebound.example:8080"]},
        {"hosts": ["localhost.example.org"]},
        {"hosts": ["127.0.0.1.example.org"]},
        {"hosts": ["127.0.0.1:8080", "clapper.example.org"]},
        {"hosts": ["[::1"]},
        # A reverse proxy on this machine.
        {"has_proxy": True},
        {"is_http_1_1": False},
    ],
)
def test_whoever_may_be_somebody_else_meets_a_shut_one(changes: dict[str, Any]) -> None:
    assert access_for(AT_HOME, replace(BROWSER, **changes)) is Access.FORBIDDEN


def test_a_listener_that_others_reach_is_open_to_nobody() -> None:
    rules = replace(AT_HOME, listens_on_loopback=False)

    assert access_for(rules, BROWSER) is Access.FORBIDDEN


def test_where_a_proxy_is_to_be_expected_loopback_is_nobody_in_particular() -> None:
    """Nginx passes requests on from loopback, with its own Host and no other sign."""
    assert access_for(replace(AT_HOME, public_url=PUBLIC), BROWSER) is Access.FORBIDDEN
    assert access_for(replace(AT_HOME, has_token=True), BROWSER) is Access.TOKEN


@pytest.mark.parametrize(
    "host",
    [
        "clapper.example.org",
        "CLAPPER.example.org:443",
        "clapper.example.org.",
        "clapper.example.org:8080",
    ],
)
def test_there_is_no_page_on_the_public_address(host: str) -> None:
    rules = Rules(has_token=True, listens_on_loopback=True, public_url=PUBLIC)

    assert access_for(rules, replace(BROWSER, hosts=[host])) is Access.NOT_FOUND
    passed_on = ["127.0.0.1:8080", host]
    assert access_for(rules, replace(BROWSER, hosts=passed_on)) is Access.NOT_FOUND


def test_other_names_than_the_public_one_are_asked_for_the_token() -> None:
    rules = Rules(has_token=True, listens_on_loopback=False, public_url=PUBLIC)

    for host in ("page.example.org", "10.0.0.7:8080", "example.org"):
        assert access_for(rules, replace(BROWSER, hosts=[host])) is Access.TOKEN


def test_on_this_machine_the_public_address_is_known_by_its_port() -> None:
    """Stand-ins have one there."""
    assert is_public_address("127.0.0.1:8080", "http://127.0.0.1:8080")
    assert not is_public_address("127.0.0.1:8081", "http://127.0.0.1:8080")
    assert not is_public_address("127.0.0.1:8080", None)


@pytest.mark.parametrize(
    "name",
    ["X-Forwarded-For", "x-forwarded-proto", "Forwarded", "Via", "X-Real-IP",
     "CF-Connecting-IP", "X-Original-Host"],
)  # fmt: skip
def test_headers_of_proxies_are_known(name: str) -> None:
    assert is_proxy_header(name)


def test_headers_of_browsers_are_none_of_theirs() -> None:
    names = ("Host", "Accept", "User-Agent", "Cookie", "Sec-Fetch-Site", "Origin")

    assert not any(map(is_proxy_header, names))


def test_the_hosts_that_proxies_tell_of_are_read() -> None:
    forwarded = ['for=1.2.3.4;host=one.example;proto=https, Host="two.example:81"']

    assert hosts_forwarded(forwarded, ["three.example, four.example"]) == [
        "one.example",
        "two.example:81",
        "three.example",
        "four.example",
    ]
