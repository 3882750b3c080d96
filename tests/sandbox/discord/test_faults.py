"""Troubles on demand."""

import asyncio

import aiohttp
import pytest

from sandbox.discord.faults import Fault, Trouble
from sandbox.discord.server import DiscordSandbox
from sandbox.discord.standard_world import StandardWorld
from tests.sandbox.discord.client import Rest

CREATE = r"/channels/\d+/messages$"


async def test_a_request_fails_so_often_and_then_no_more(
    service: DiscordSandbox, place: StandardWorld, rest: Rest
) -> None:
    fault = service.faults.add(Fault(method="POST", path=CREATE, status=500, times=2))
    path = f"/channels/{place.general.id}/messages"

    statuses = [(await rest.post(path, {"content": "x"})).status for _ in range(3)]
    other = await rest.get(f"/channels/{place.general.id}")

    assert statuses == [500, 500, 200]
    assert other.status == 200
    assert fault.hits == 2
    assert len(service.messages(place.general)) == 1
    assert [one.went_wrong for one in service.requests] == ["500", "500", None, None]


async def test_a_fault_lasts_until_it_is_cleared(
    service: DiscordSandbox, rest: Rest
) -> None:
    fault = service.faults.add(Fault(status=403, code=50013, message="Not today"))
    refused = await rest.get("/users/@me")
    service.faults.clear(fault)

    assert (refused.status, refused.code) == (403, 50013)
    assert refused.body["message"] == "Not today"
    assert (await rest.get("/users/@me")).status == 200


async def test_the_client_is_told_how_long_to_wait(
    service: DiscordSandbox, rest: Rest
) -> None:
    service.faults.add(Fault(status=429, retry_after_s=0.25, times=1))

    reply = await rest.get("/users/@me")

    assert reply.body["retry_after"] == 0.25
    assert reply.headers["Retry-After"] == "1"
    assert "Via" in reply.headers


async def test_a_request_may_be_obeyed_and_its_answer_lost(
    service: DiscordSandbox, place: StandardWorld, rest: Rest
) -> None:
    service.faults.add(
        Fault(path=CREATE, trouble=Trouble.RESET, after_effect=True, times=1)
    )

    with pytest.raises((aiohttp.ClientError, OSError)):
        await rest.post(f"/channels/{place.general.id}/messages", {"content": "x"})

    assert [one.text for one in service.messages(place.general)] == ["x"]
    assert service.requests[-1].status is None


async def test_a_connection_is_reset_before_anything_happens(
    service: DiscordSandbox, place: StandardWorld, rest: Rest
) -> None:
    service.faults.add(Fault(path=CREATE, trouble=Trouble.RESET, times=1))

    with pytest.raises((aiohttp.ClientError, OSError)):
        await rest.post(f"/channels/{place.general.id}/messages", {"content": "x"})

    assert service.messages(place.general) == []


async def test_a_proxys_page_is_no_json(service: DiscordSandbox, rest: Rest) -> None:
    service.faults.add(Fault(trouble=Trouble.HTML, times=1))

    reply = await rest.get("/users/@me")

    assert reply.status == 502
    assert reply.body.startswith(b"<html>")


async def test_a_request_hangs_until_the_fault_is_cleared(
    service: DiscordSandbox, rest: Rest
) -> None:
    service.faults.add(Fault(trouble=Trouble.HANG))
    # No GET: the client itself would repeat that.
    asking = asyncio.create_task(rest.post("/users/@me/channels"), name="hanging")
    await service.wait_until(lambda: len(service.requests) == 1)
    assert not asking.done()

    service.faults.clear()

    with pytest.raises((aiohttp.ClientError, OSError)):
        await asking


async def test_closing_lets_go_of_what_hangs(
    service: DiscordSandbox, rest: Rest
) -> None:
    service.faults.add(Fault(trouble=Trouble.HANG))
    # No GET: the client itself would repeat that.
    asking = asyncio.create_task(rest.post("/users/@me/channels"), name="hanging")
    await service.wait_until(lambda: len(service.requests) == 1)

    await service.close()

    with pytest.raises((aiohttp.ClientError, OSError)):
        await asking


async def test_an_answer_may_be_slow_and_true(
    service: DiscordSandbox, rest: Rest
) -> None:
    service.faults.add(Fault(delay_s=0.05))

    reply = await rest.get("/users/@me")

    assert reply.status == 200
    assert (service.requests[-1].took_s or 0) >= 0.05


async def test_an_error_of_the_stand_in_itself_is_not_hidden(
    session: aiohttp.ClientSession,
) -> None:
    """An error in the stand-in must not look like Discord's answer."""
    service = DiscordSandbox()
    await service.__aenter__()
    rest = Rest(session, service.rest_url, service.config.token)
    guild = service.world.add_guild("x", owner=service.world.add_user("Olive"))
    channel = service.world.add_channel(guild, "general")

    body = {"embeds": ["no object"]}
    reply = await rest.post(f"/channels/{channel.id}/messages", body)

    assert reply.status == 500
    with pytest.raises(ExceptionGroup, match="stand-in"):
        await service.__aexit__(None, None, None)


async def test_a_client_that_goes_away_while_uploading_leaves_nothing(
    service: DiscordSandbox, place: StandardWorld
) -> None:
    path = f"/api/v10/channels/{place.general.id}/messages"
    head = (
        f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n"
        f"Authorization: Bot {service.config.token}\r\n"
        "Content-Type: multipart/form-data; boundary=b\r\n\r\n"
        '--b\r\nContent-Disposition: form-data; name="files[0]"; filename="a"\r\n\r\n'
    )
    host, port = service.url.removeprefix("http://").split(":")
    _, writer = await asyncio.open_connection(host, int(port))
    writer.write(head.encode() + b"half of it")
    await writer.drain()
    await service.wait_until(lambda: len(service.requests) == 1)

    writer.close()

    await service.wait_until(lambda: service.requests[0].took_s is not None)
    assert service.messages(place.general) == []
    assert service.requests[0].status is None


async def test_an_answer_can_be_made_into_another(
    service: DiscordSandbox, place: StandardWorld, rest: Rest
) -> None:
    """The request is obeyed; what is said of it is not what anybody expects."""
    service.faults.add(
        Fault(method="POST", path=CREATE, garble=lambda told: {"only": told["id"]})
    )

    reply = await rest.post(f"/channels/{place.general.id}/messages", {"content": "x"})

    [message] = service.messages(place.general)
    assert (reply.status, reply.body) == (200, {"only": str(message.id)})
