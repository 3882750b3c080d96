"""Registering commands, and the rules the schema does not know."""

import pytest

from sandbox.discord.server import DiscordSandbox
from sandbox.discord.standard_world import StandardWorld
from tests.sandbox.discord.client import Json, Rest
from tests.sandbox.discord.conftest import VIDEO


def _text(name: str, **more: object) -> Json:
    return {"type": 3, "name": name, "description": "x", **more}


def _choices(count: int) -> list[Json]:
    return [{"name": f"n{one}", "value": f"v{one}"} for one in range(count)]


@pytest.fixture
def everywhere(service: DiscordSandbox) -> str:
    return f"/applications/{service.world.bot.id}/commands"


async def test_a_command_is_told_back_with_ids_and_defaults(
    rest: Rest, everywhere: str
) -> None:
    created = await rest.post(everywhere, VIDEO)

    assert created.status == 201
    assert created.body["default_member_permissions"] is None
    assert created.body["nsfw"] is False
    assert (await rest.get(f"{everywhere}/{created.body['id']}")).body == created.body


async def test_an_overwrite_keeps_the_ids_of_what_stays(
    service: DiscordSandbox, rest: Rest, everywhere: str
) -> None:
    old = {**VIDEO, "name": "old"}
    before = (await rest.put(everywhere, [VIDEO, old])).body
    same = (await rest.put(everywhere, [VIDEO, old])).body
    changed = {**VIDEO, "description": "Make another"}
    after = (await rest.put(everywhere, [changed])).body

    assert same == before
    assert [one["id"] for one in after] == [before[0]["id"]]
    assert after[0]["version"] != before[0]["version"]
    assert [one.name for one in service.commands.within(None)] == ["video"]


async def test_a_command_is_changed_and_deleted(rest: Rest, everywhere: str) -> None:
    path = f"{everywhere}/{(await rest.post(everywhere, VIDEO)).body['id']}"

    changed = await rest.patch(path, {"description": "Other"})
    deleted = await rest.delete(path)

    assert changed.body["description"] == "Other"
    assert changed.body["options"] == (VIDEO["options"])
    assert deleted.status == 204
    assert (await rest.get(path)).code == 10063


async def test_translations_are_listed_only_when_asked_for(
    rest: Rest, everywhere: str
) -> None:
    await rest.post(everywhere, {**VIDEO, "name_localizations": {"de": "film"}})

    [short] = (await rest.get(everywhere)).body
    [full] = (await rest.get(f"{everywhere}?with_localizations=true")).body

    assert "name_localizations" not in short
    assert full["name_localizations"] == {"de": "film"}


async def test_a_servers_own_command_hides_the_global_one(
    service: DiscordSandbox, place: StandardWorld, rest: Rest, everywhere: str
) -> None:
    bot_id = service.world.bot.id
    here = f"/applications/{bot_id}/guilds/{place.guild.id}/commands"
    await rest.post(everywhere, VIDEO)
    own = await rest.post(here, {**VIDEO, "description": "Ours"})

    [visible] = service.commands.visible_in(place.guild.id)

    assert own.body["guild_id"] == str(place.guild.id)
    assert str(visible.id) == own.body["id"]


async def test_strangers_register_nothing(
    service: DiscordSandbox, place: StandardWorld, rest: Rest, everywhere: str
) -> None:
    service.world.remove_bot(place.guild)
    here = everywhere.replace("/commands", f"/guilds/{place.guild.id}/commands")

    assert (await rest.post("/applications/1/commands", VIDEO)).code == 20012
    assert (await rest.post(here, VIDEO)).code == 50001


async def test_what_admins_opened_can_be_read(
    service: DiscordSandbox, place: StandardWorld, rest: Rest, everywhere: str
) -> None:
    command = (await rest.post(everywhere, VIDEO)).body
    here = everywhere.replace("/commands", f"/guilds/{place.guild.id}/commands")
    path = f"{here}/{command['id']}/permissions"
    assert (await rest.get(path)).code == 10066

    service.world.open_command(place.guild, "video")

    [everyone] = (await rest.get(path)).body["permissions"]
    assert everyone == {"id": str(place.guild.id), "type": 1, "permission": True}
    assert len((await rest.get(f"{here}/permissions")).body) == 1


@pytest.mark.parametrize(
    "command",
    [
        {**VIDEO, "name": "Video"},
        {**VIDEO, "name": "make video"},
        {**VIDEO, "name": "video!"},
        {**VIDEO, "name": "x" * 33},
        {**VIDEO, "name": ""},
        {**VIDEO, "name_localizations": {"de": "Film"}},
        {**VIDEO, "description": ""},
        {**VIDEO, "description": "x" * 101},
        {**VIDEO, "description_localizations": {"de": "x" * 101}},
        {**VIDEO, "options": [_text("a"), _text("b", required=True)]},
        {**VIDEO, "options": [_text("a"), _text("a")]},
        {**VIDEO, "options": [_text(f"a{one}") for one in range(26)]},
        {**VIDEO, "options": [_text("a", choices=_choices(26))]},
        {**VIDEO, "options": [_text("a", choices=_choices(1) * 2)]},
        {**VIDEO, "options": [_text("a", choices=_choices(1), autocomplete=True)]},
        {**VIDEO, "options": [_text("a", choices=[{"name": "n", "value": 1}])]},
        {**VIDEO, "options": [_text("a"), {**_text("b"), "type": 1}]},
        {"name": "Report", "type": 3, "description": "no"},
        {
            **VIDEO,
            "options": [
                _text(f"a{one}", description="x" * 100, choices=_choices(25))
                for one in range(25)
            ]
            + [_text("b", choices=[{"name": "n" * 100, "value": "v" * 100}] * 25)],
        },
    ],
)
async def test_a_command_that_breaks_a_rule_is_refused(
    service: DiscordSandbox, rest: Rest, everywhere: str, command: Json
) -> None:
    for reply in (
        await rest.post(everywhere, command),
        await rest.put(everywhere, [command]),
    ):
        assert (reply.status, reply.code) == (400, 50035)
    assert service.commands.within(None) == []


@pytest.mark.parametrize(
    "name", ["video-clip", "视频", "วิดีโอ", "it's", "7_tage", "über"]
)
async def test_names_of_all_languages_are_taken(
    rest: Rest, everywhere: str, name: str
) -> None:
    assert (await rest.post(everywhere, {**VIDEO, "name": name})).status == 201


async def test_long_texts_count_in_their_longest_language(
    rest: Rest, everywhere: str
) -> None:
    """8000 characters in all, names, descriptions and values of choices included."""
    choices = [
        {"name": f"{one:02}" + "n" * 98, "value": f"{one:02}" + "v" * 98}
        for one in range(25)
    ]
    longer = [{**one, "name_localizations": {"de": "N" * 100}} for one in choices]
    fits = {**VIDEO, "options": [_text("a", choices=longer)]}
    too_long = {**VIDEO, "options": [_text(one, choices=choices) for one in "ab"]}

    assert (await rest.post(everywhere, fits)).status == 201
    assert (await rest.post(everywhere, too_long)).code == 50035


async def test_there_are_so_many_commands_and_no_more(
    rest: Rest, everywhere: str
) -> None:
    menus = [{"name": f"Menu {one}", "type": 3} for one in range(16)]

    assert (await rest.put(everywhere, menus[:15])).status == 200
    assert (await rest.put(everywhere, menus)).code == 30032
    assert (await rest.post(everywhere, menus[15])).code == 30032


async def test_a_day_has_two_hundred_new_commands(
    service: DiscordSandbox, rest: Rest, everywhere: str
) -> None:
    for batch in range(2):
        many = [{**VIDEO, "name": f"c{batch}-{one}"} for one in range(100)]
        assert (await rest.put(everywhere, many)).status == 200

    refused = await rest.put(everywhere, [VIDEO])
    service.clock.advance(24 * 3600 + 1)

    assert (refused.status, refused.code) == (429, 30034)
    assert (await rest.put(everywhere, [VIDEO])).status == 200


async def test_the_same_name_twice_is_refused(rest: Rest, everywhere: str) -> None:
    reply = await rest.put(everywhere, [VIDEO, VIDEO])

    assert reply.body["errors"]["1"]["name"]["_errors"]
    assert (await rest.put(everywhere, [{"name": "video", "type": 3}])).status == 200
