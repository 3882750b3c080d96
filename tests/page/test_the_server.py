"""The page's server without a browser: who may ask what, and what is answered."""

import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

import aiohttp
import pytest

from sandbox.discord.config import SandboxConfig
from sandbox.discord.invocation import File
from sandbox.discord.server import DiscordSandbox
from sandbox.discord.standard_world import StandardWorld, standard_world
from sandbox.evolink import EvolinkConfig, EvolinkSandbox
from sandbox.page import Pace, Page, PageConfig

COMMANDS: list[dict[str, Any]] = [
    {
        "name": "paint",
        "description": "Paint something",
        "description_localizations": {"de": "Male etwas"},
        "options": [
            {"type": 3, "name": "what", "description": "What", "required": True},
            {
                "type": 4,
                "name": "size",
                "description": "Size",
                "min_value": 1,
                "max_value": 9,
            },
            {"type": 6, "name": "for", "description": "For whom"},
        ],
    },
    {
        "name": "rule",
        "description": "For admins",
        "default_member_permissions": str(1 << 5),
    },
]


class SleepingBot:
    """A process that only says whether it lives."""

    def __init__(self) -> None:
        self.running = True
        self.logged = "nothing happened"

    async def start(self) -> None:
        self.running = True

    async def kill(self) -> int:
        self.running = False
        return -9

    def log(self) -> str:
        return self.logged


class Asker:
    """Asks the page's server as somebody."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        page: Page,
        discord: DiscordSandbox,
        world: StandardWorld,
        bot: SleepingBot,
    ) -> None:
        self.bot = bot
        self._session = session
        self._page = page
        self.discord = discord
        self.world = world
        self.headers: dict[str, str] = {"Origin": page.url.rstrip("/")}

    async def get(self, path: str, headers: Mapping[str, str] | None = None) -> Any:
        async with self._session.get(self._page.url + path, headers=headers) as answer:
            is_json = answer.content_type == "application/json"
            body = await (answer.json() if is_json else answer.text())
            return answer.status, body, answer.headers

    async def post(
        self,
        path: str,
        body: Mapping[str, Any],
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        async with self._session.post(
            self._page.url + path,
            data=json.dumps(dict(body)),
            headers={
                "Content-Type": "application/json",
                **self.headers,
                **(headers or {}),
            },
        ) as answer:
            is_json = answer.content_type == "application/json"
            return answer.status, await (answer.json() if is_json else answer.text())

    async def paints(self, **options: Any) -> Any:
        general, member = self.world.general.id, self.world.member.id
        return await self.post(
            f"api/channels/{general}/command",
            {"command": "paint", "options": options, "as": str(member)},
        )


LANGUAGES = ("en-US", "de", "fr")


@pytest.fixture
async def asker() -> AsyncIterator[Asker]:
    config = SandboxConfig(ack_window_s=0.3)
    async with (
        DiscordSandbox(config) as discord,
        EvolinkSandbox(EvolinkConfig()) as evolink,
        aiohttp.ClientSession() as session,
    ):
        world = standard_world(discord.world)
        people = (world.member, world.other_member, world.moderator, world.admin)
        page_config = PageConfig(
            people=people, languages=LANGUAGES, pace=Pace(usual_s=30)
        )
        bot = SleepingBot()
        async with Page(discord, evolink, bot, page_config) as page:
            discord.commands.replace_all(None, COMMANDS)
            yield Asker(session, page, discord, world, bot)


async def test_one_can_speak_the_languages_that_there_are(asker: Asker) -> None:
    somebody = str(asker.world.member.id)
    statuses = [
        (await asker.post("api/language", {"locale": one, "as": somebody}))[0]
        for one in (*LANGUAGES, "xx", None)
    ]

    assert statuses == [200, 200, 200, 422, 422]
    assert asker.world.member.locale == "fr"


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://elsewhere.example"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Host": "elsewhere.example"},
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
    ],
)
async def test_a_page_elsewhere_cannot_drive_this_one(
    asker: Asker, headers: dict[str, str]
) -> None:
    status, _ = await asker.post(
        f"api/channels/{asker.world.general.id}/say",
        {"text": "hello", "as": str(asker.world.member.id)},
        headers,
    )

    assert status in {403, 415, 421}
    assert asker.discord.messages(asker.world.general) == []


async def test_a_name_that_leads_here_is_not_this_page(asker: Asker) -> None:
    """DNS rebinding: the browser would take the answer for that other page's own."""
    status, _, _ = await asker.get("api/world", {"Host": "elsewhere.example"})

    assert status == 421


async def test_the_page_may_load_and_send_nothing_elsewhere(asker: Asker) -> None:
    status, body, headers = await asker.get("")

    assert status == 200
    assert "<script" in body
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "unsafe" not in headers["Content-Security-Policy"]


async def test_nobody_but_the_people_of_the_page_acts(asker: Asker) -> None:
    status, _ = await asker.post(
        f"api/channels/{asker.world.general.id}/say",
        {"text": "hello", "as": str(asker.world.owner.id)},
    )

    assert status == 404


async def test_a_hidden_channel_is_not_there(asker: Asker) -> None:
    path = f"api/channels/{asker.world.review.id}?as="

    assert (await asker.get(f"{path}{asker.world.member.id}"))[0] == 404
    assert (await asker.get(f"{path}{asker.world.moderator.id}"))[0] == 200


async def test_everybody_is_offered_what_they_may_use(asker: Asker) -> None:
    async def names(user_id: int) -> list[str]:
        path = f"api/channels/{asker.world.general.id}?as={user_id}"
        _, channel, _ = await asker.get(path)
        return [one["name"] for one in channel["commands"]]

    assert await names(asker.world.member.id) == ["paint"]
    assert await names(asker.world.admin.id) == ["paint", "rule"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "required"),
        ({"what": "x" * 6001}, "characters"),
        ({"what": "a", "size": "10"}, "1 to 9"),
        ({"what": "a", "size": "big"}, "whole number"),
        ({"what": "a", "for": "Mia"}, "from the list"),
        ({"what": "a", "colour": "red"}, "colour"),
    ],
)
async def test_what_a_client_refuses_never_reaches_the_bot(
    asker: Asker, options: dict[str, str], words: str
) -> None:
    status, body = await asker.paints(**options)

    assert status == 422
    assert words in body["refused"]


async def test_a_bot_that_does_not_answer_has_failed(asker: Asker) -> None:
    status, body = await asker.paints(
        what="a boat", size="3", **{"for": str(asker.world.other_member.id)}
    )

    assert (status, body["failed"]) == (200, True)


async def test_speed_holds_for_clips_to_come(asker: Asker) -> None:
    status, state = await asker.post("api/backstage/speed", {"speed": 4})

    assert (status, state["speed"]) == (200, 4)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("switch", {"key": "no-such-thing", "on": True}),
        ("once", {"key": "no-such-thing"}),
        ("doom", {"fate": "no-such-thing"}),
        ("speed", {"speed": "fast"}),
        ("bot", {"do": "dance"}),
        ("bot", {}),
    ],
)
async def test_what_is_not_there_cannot_be_set(
    asker: Asker, path: str, body: dict[str, Any]
) -> None:
    status, _ = await asker.post(f"api/backstage/{path}", body)

    assert status == 400


async def test_a_trouble_is_switched_on_and_off(asker: Asker) -> None:
    for key in ("evolink-outage", "discord-outage"):
        _, state = await asker.post("api/backstage/switch", {"key": key, "on": True})
        assert state["switches"][key]
        _, state = await asker.post("api/backstage/switch", {"key": key, "on": False})
        assert not state["switches"][key]

    url = f"{asker.discord.rest_url}/gateway"
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        assert answer.status != 502


async def test_the_bot_is_killed_and_started_again(asker: Asker) -> None:
    _, state = await asker.post("api/backstage/bot", {"do": "kill"})
    assert not state["bot"]["running"]

    _, state = await asker.post("api/backstage/bot", {"do": "start"})
    assert state["bot"]["running"]


async def test_a_log_that_has_grown_long_begins_with_a_whole_line(
    asker: Asker,
) -> None:
    lines = [f"{number} {'x' * 83}" for number in range(2000)]
    asker.bot.logged = "\n".join(lines) + "\n"

    _, log, _ = await asker.get("api/backstage/log")

    assert 100 < len(log.splitlines()) < 2000
    assert set(log.splitlines()) <= set(lines)
    assert log.endswith(f"{lines[-1]}\n")


async def test_a_stranger_s_file_is_never_a_page_of_ours(asker: Asker) -> None:
    """A file is served from the page's own address, and must not be able to act."""
    discord, world = asker.discord, asker.world
    discord.say(world.member, world.general, "look", [_page()])
    path = f"api/channels/{world.general.id}?as={world.member.id}"
    _, channel, _ = await asker.get(path)

    url = channel["messages"][-1]["files"][0]["url"]
    status, _, headers = await asker.get(url.removeprefix("/"))

    assert url.startswith("/attachments/")
    assert status == 200
    assert "sandbox" in headers["Content-Security-Policy"]
    assert headers["Content-Disposition"] == "attachment"


def _page() -> File:

    return File(name="page.html", data=b"<script>alert(1)</script>")
