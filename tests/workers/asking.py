"""Requests to a limited endpoint, and what came of them."""

from bot.workers.service_limit import Call, EndpointLimit

MAXIMUM = 8


def answer(endpoint: EndpointLimit, key: str) -> None:
    call = endpoint.begin(key)
    call.answered()
    call.end()


def fail(endpoint: EndpointLimit, key: str) -> None:
    call = endpoint.begin(key)
    call.failed("503")
    call.end()


def most_at_once(endpoint: EndpointLimit) -> int:
    calls: list[Call] = []
    while endpoint.room > 0:
        calls.append(endpoint.begin(len(calls)))
    for call in calls:
        call.end()
    return len(calls)
