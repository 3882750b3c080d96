"""Frames that discord.py cannot take in, and what becomes of everybody else."""

from collections.abc import Callable

import pytest
from structlog.testing import capture_logs

from cogs.gateway.fault_log import FaultLog
from sandbox.discord.gateway_faults import FrameFault
from sandbox.discord.records import Channel
from sandbox.discord.wire import Json
from tests.cogs.stage import Stage, eventually

HALF = "\ud83d"
OF_FRAMES = ("gateway event left out", "gateway connection given up")


async def is_served(stage: Stage, channel: Channel | None = None) -> bool:
    """Return whether a member who asks is answered."""
    handle = await stage.discord.slash(
        stage.member, channel or stage.world.general, "usage"
    )
    return "2 of 5" in (await handle.answer(20)).text


def dispatched(name: str, payload: object) -> Callable[[Stage], None]:
    return lambda stage: stage.discord.gateway.tell(name, payload)


def sent(text: str) -> Callable[[Stage], None]:
    return lambda stage: stage.discord.gateway.send_text(text)


NO_EVENTS: dict[str, Callable[[Stage], None]] = {
    "no JSON": sent("<html>502</html>"),
    "nothing": sent(""),
    "half a frame": sent('{"op": 0, "d": {'),
    "a list": sent("[1, 2]"),
    "a number": sent("42"),
    "null": sent("null"),
    "no opcode": sent("{}"),
    "an unknown opcode": sent('{"op": 99, "d": null, "s": null, "t": null}'),
    "an opcode of words": sent('{"op": "dispatch", "d": {}, "s": 5, "t": "READY"}'),
    "not a number": sent('{"op": 11, "d": NaN, "s": null, "t": null}'),
    "too deep": sent("[" * 100_000),
    "a sequence of words": sent('{"op": 0, "d": {}, "s": "x", "t": "TYPING_START"}'),
    "a sequence too large": sent(f'{{"op": 0, "d": {{}}, "s": {10**30}, "t": "X"}}'),
    "a sequence before the first": sent('{"op": 0, "d": {}, "s": -5, "t": "X"}'),
    "a second greeting": sent('{"op": 10, "d": {"heartbeat_interval": 0}, "s": null}'),
    "a greeting of null": sent('{"op": 10, "d": null, "s": null, "t": null}'),
    "a broken opcode": sent('{"op": 0.5, "d": {}, "s": null, "t": "GUILD_CREATE"}'),
    "fields twice": sent('{"op": 11, "op": 0, "d": 1, "d": [], "t": "GUILD_CREATE"}'),
    "a byte order mark": sent('\ufeff{"op": 11, "d": null}'),
    "a name that is none": sent('{"op": 0, "d": {}, "s": null, "t": ["READY"]}'),
}

EVENTS: dict[str, Callable[[Stage], None]] = {
    "an empty server": dispatched("GUILD_CREATE", {}),
    "a server of null": dispatched("GUILD_CREATE", None),
    "a server with a bad channel": dispatched(
        "GUILD_CREATE",
        {"id": "5", "name": "x", "channels": [{"type": 0}], "members": []},
    ),
    "a server that is gone": dispatched("GUILD_DELETE", {}),
    "an unknown server": dispatched("GUILD_UPDATE", {"id": "5"}),
    "a server of no server": dispatched("GUILD_UPDATE", {"id": "x"}),
    "an empty channel": dispatched("CHANNEL_UPDATE", {}),
    "a channel of an unknown kind": dispatched(
        "CHANNEL_CREATE", {"id": "5", "type": 77, "guild_id": "5"}
    ),
    "a channel of an unknown server": dispatched(
        "CHANNEL_UPDATE", {"id": "5", "type": 0, "guild_id": "5"}
    ),
    "an empty message": dispatched("MESSAGE_CREATE", {}),
    "a list of a message": dispatched("MESSAGE_UPDATE", []),
    "a role of nobody": dispatched("GUILD_ROLE_CREATE", {"guild_id": "x"}),
    "an empty thread": dispatched("THREAD_CREATE", {}),
    "threads without any": dispatched("THREAD_LIST_SYNC", {}),
    "an empty interaction": dispatched("INTERACTION_CREATE", {}),
    "an interaction of null": dispatched("INTERACTION_CREATE", None),
    "a list of an interaction": dispatched("INTERACTION_CREATE", []),
    "an interaction with a list of data": dispatched(
        "INTERACTION_CREATE",
        {"id": "5", "application_id": "1", "type": 2, "token": "t", "data": []},
    ),
    "members of nobody": dispatched("GUILD_MEMBERS_CHUNK", {}),
    "a voice of nobody": dispatched("VOICE_STATE_UPDATE", {}),
    "an entitlement without a kind": dispatched("ENTITLEMENT_CREATE", {"id": "5"}),
    "an id too large": dispatched("GUILD_DELETE", {"id": 10**400}),
    "an id of words": dispatched("CHANNEL_DELETE", {"id": "x", "guild_id": "x"}),
    "an event nobody knows": dispatched("CLIP_CREATE", {"id": "5"}),
}


@pytest.mark.parametrize("kind", [*NO_EVENTS, *EVENTS])
async def test_a_frame_that_cannot_be_taken_in_costs_nobody_else_anything(
    stage: Stage, kind: str
) -> None:
    async with stage.running():
        for _ in range(3):
            (NO_EVENTS | EVENTS)[kind](stage)

        assert await is_served(stage)
        assert stage.discord.gateway.identifies == 1
        assert stage.discord.gateway.resumes == 0


@pytest.mark.parametrize(
    "field",
    [
        "attachment_size_limit", "id", "application_id", "type", "token", "version",
        "channel", "member", "data",
    ],
)  # fmt: skip
async def test_an_interaction_that_lacks_a_field_is_left_out_alone(
    stage: Stage, field: str
) -> None:
    async with stage.running():
        stage.discord.gateway.faults.without("INTERACTION_CREATE", field, times=1)
        await stage.discord.slash(stage.member, stage.world.general, "usage")

        assert await is_served(stage)


@pytest.mark.parametrize(
    "field", ["id", "channels", "roles", "members", "premium_tier", "owner_id"]
)
async def test_a_server_that_cannot_be_taken_in_leaves_others_as_they_are(
    stage: Stage, field: str
) -> None:
    other = stage.discord.world.add_guild("Other", owner=stage.world.owner)
    stage.discord.world.add_member(other, stage.member)
    channel = stage.discord.world.add_channel(other, "general")

    def change(frame: Json) -> None:
        if frame["d"]["id"] == str(stage.world.guild.id):
            del frame["d"][field]

    stage.discord.gateway.faults.add(FrameFault(event="GUILD_CREATE", change=change))
    async with stage.running():
        assert await is_served(stage, channel)
        assert await is_served(stage), "its members are served from what they send"


async def test_names_with_half_a_surrogate_pair_are_read(stage: Stage) -> None:
    """At the start, in changes, and over REST."""
    world = stage.discord.world
    world.rename_channel(stage.world.general, f"half{HALF}")
    stage.world.guild.name = f"Film{HALF} Club"
    stage.world.member.display_name = f"Mia{HALF}"
    world.add_role(stage.world.guild, f"{HALF}role")
    async with stage.running() as bot:
        assert await is_served(stage)
        world.rename_channel(stage.world.log, f"{HALF}log")
        await eventually(
            lambda: str(bot.get_channel(stage.world.log.id)) == "\ufffdlog"
        )
        assert str(bot.get_channel(stage.world.general.id)) == "half\ufffd"
        fetched = await bot.fetch_channel(stage.world.general.id)
        assert str(fetched) == "half\ufffd"
        assert await is_served(stage)


async def test_a_prompt_with_half_a_surrogate_pair_is_refused_in_its_own_words(
    stage: Stage,
) -> None:
    """The use case sees what was typed; the stage's own takes everything."""
    async with stage.running():
        await stage.discord.slash(
            stage.member, stage.world.general, "video", {"prompt": f"a fox {HALF}"}
        )
        await eventually(lambda: bool(stage.intake.asked))

        assert stage.intake.asked[0].request.prompt == f"a fox {HALF}"
        assert await is_served(stage)


async def test_other_words_with_half_a_surrogate_pair_are_made_whole(
    stage: Stage,
) -> None:
    async with stage.running():
        handle = await stage.discord.autocomplete(
            stage.member, stage.world.general, "videos cancel", ("job", HALF)
        )

        await handle.response(20)
        assert await is_served(stage)


async def test_a_stream_that_breaks_is_begun_again_where_it_broke(
    stage: Stage,
) -> None:
    async with stage.running():
        stage.discord.gateway.send_raw(b"no stream\x00\x00\xff\xff")
        await stage.discord.wait_until(lambda: stage.discord.gateway.resumes == 1)

        assert await is_served(stage)
        assert stage.discord.gateway.identifies == 1


@pytest.mark.thorough
async def test_a_session_that_cannot_begin_is_begun_again(stage: Stage) -> None:
    stage.discord.gateway.faults.without("READY", "session_id", times=1)
    async with stage.running():
        await stage.discord.wait_until(lambda: stage.discord.gateway.identifies == 2)
        await eventually(lambda: stage.gateway_is_up == [False, True])

        assert await is_served(stage)


@pytest.mark.thorough
@pytest.mark.parametrize("field", ["user", "guilds", "shard", "resume_gateway_url"])
async def test_a_ready_that_cannot_be_taken_in_is_asked_for_again(
    stage: Stage, field: str
) -> None:
    stage.discord.gateway.faults.without("READY", field, times=1)
    async with stage.running():
        await stage.discord.wait_until(lambda: stage.discord.gateway.identifies == 2)
        await eventually(lambda: stage.gateway_is_up == [False, True])

        assert await is_served(stage)


@pytest.mark.parametrize("interval", [None, "soon", 0, -1, 1e300, True])
async def test_a_greeting_without_a_rhythm_is_not_taken(
    stage: Stage, interval: object
) -> None:
    def change(frame: Json) -> None:
        frame["d"]["heartbeat_interval"] = interval

    fault = FrameFault(event="HELLO", change=change, times=1)
    stage.discord.gateway.faults.add(fault)
    async with stage.running():
        assert await is_served(stage)
        assert fault.hits == 1
        assert stage.discord.gateway.identifies == 1


async def test_a_resumed_session_without_a_word_is_taken(stage: Stage) -> None:
    def change(frame: Json) -> None:
        frame["d"] = None

    stage.discord.gateway.faults.add(FrameFault(event="RESUMED", change=change))
    async with stage.running():
        stage.discord.gateway.drop(4000)
        await stage.discord.wait_until(lambda: stage.discord.gateway.resumes == 1)

        assert await is_served(stage)
        await eventually(lambda: stage.gateway_is_up[-1])


async def test_a_bad_frame_that_comes_a_thousand_times_is_one_line(
    stage: Stage,
) -> None:
    async with stage.running():
        with capture_logs() as lines:
            for _ in range(1000):
                stage.discord.gateway.tell("CHANNEL_UPDATE", {})
                stage.discord.gateway.send_text('{"op": 99}')
            assert await is_served(stage)

    told = [one for one in lines if one["event"] in OF_FRAMES]
    assert [one["event_name"] for one in told] == ["CHANNEL_UPDATE", "frame"]


async def test_what_is_left_out_is_logged_without_a_word_of_it(stage: Stage) -> None:
    async with stage.running():
        with capture_logs() as lines:
            stage.discord.gateway.faults.without(
                "INTERACTION_CREATE", "attachment_size_limit", times=1
            )
            handle = await stage.discord.slash(
                stage.member, stage.world.general, "video", {"prompt": "a secret fox"}
            )
            assert await is_served(stage)

    [told] = [one for one in lines if one["event"] in OF_FRAMES]
    assert told["event_name"] == "INTERACTION_CREATE"
    assert "KeyError attachment_size_limit at " in told["reason"]
    assert "secret" not in str(lines)
    assert handle.interaction.token not in str(lines)


def test_what_goes_on_for_long_is_said_again_with_how_often_it_was() -> None:
    faults = FaultLog(said_again_after_s=0)
    with capture_logs() as lines:
        faults.note("left out", "X", "why")
        faults.note("left out", "X", "why")
        faults.note("left out", "Y", "why")

    assert len(lines) == 3
