"""Checking bodies against an OpenAPI document such as Discord publishes."""

import json
import os
from pathlib import Path

import aiohttp
import pytest

from sandbox.discord.config import SandboxConfig
from sandbox.discord.schema import RequestSchema
from sandbox.discord.server import DiscordSandbox
from sandbox.discord.standard_world import standard_world
from tests.sandbox.discord.client import Json, Rest
from tests.sandbox.discord.conftest import VIDEO

DOCUMENT: Json = {
    "paths": {
        "/channels/{channel_id}/messages": {
            "parameters": [],
            "post": {
                "requestBody": {
                    "content": {
                        "application/json": {
                            "schema": {"$ref": "#/components/schemas/Message"}
                        }
                    }
                }
            },
        },
        "/users/{user_id}": {"post": {}},
    },
    "components": {
        "schemas": {
            "SnowflakeType": {"type": "string"},
            "Message": {
                "type": "object",
                "properties": {
                    "content": {"type": ["string", "null"], "maxLength": 4000},
                    "attachments": {
                        "type": "array",
                        "items": {"$ref": "#/components/schemas/File"},
                    },
                },
            },
            "File": {
                "type": "object",
                "properties": {"id": {"$ref": "#/components/schemas/SnowflakeType"}},
                "required": ["id"],
            },
        }
    },
}
PATH = "/channels/5/messages"


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / "openapi.json"
    path.write_text(json.dumps(DOCUMENT), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "body",
    [
        {"content": "x"},
        {"content": None},
        {"attachments": [{"id": "1"}, {"id": 2}]},
        {"content": "x", "tts": False},
    ],
)
def test_what_the_document_allows_passes(document: Path, body: Json) -> None:
    """Ids may be numbers, and fields that it forgot are known."""
    assert RequestSchema.load(document).fault("POST", PATH, body) is None


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"content": 5}, ("content",)),
        ({"content": "x" * 4001}, ("content",)),
        ({"contents": "a typo"}, ()),
        ({"attachments": [{}]}, ("attachments", 0)),
        ({"attachments": [{"id": "1", "name": "a typo"}]}, ("attachments", 0)),
    ],
)
def test_what_it_does_not_is_found(
    document: Path, body: Json, path: tuple[str | int, ...]
) -> None:
    fault = RequestSchema.load(document).fault("POST", PATH, body)

    assert fault is not None
    assert fault.path == path


def test_what_it_does_not_speak_of_is_not_its_business(document: Path) -> None:
    schema = RequestSchema.load(document)

    assert schema.fault("PATCH", PATH, {"nonsense": 1}) is None
    assert schema.fault("POST", "/users/5", {"nonsense": 1}) is None


async def test_a_violation_is_answered_and_kept(
    document: Path, session: aiohttp.ClientSession
) -> None:
    async with DiscordSandbox(SandboxConfig(openapi=document)) as service:
        place = standard_world(service.world)
        rest = Rest(session, service.rest_url, service.config.token)
        path = f"/channels/{place.general.id}/messages"

        wrong = await rest.post(path, {"content": "x", "contents": "y"})
        files = await rest.post(path, {"attachments": [{}]}, [("a.txt", b"a")])
        right = await rest.post(path, {"content": "x"})

    assert (wrong.status, wrong.code) == (400, 50035)
    assert files.status == 400
    assert right.status == 200
    assert [one.where for one in service.violations] == ["", "attachments.0"]
    assert {one.path for one in service.violations} == {path}


@pytest.mark.skipif(
    "DISCORD_OPENAPI" not in os.environ,
    reason="DISCORD_OPENAPI names no copy of Discord's own document",
)
def test_discords_own_document_is_understood() -> None:
    schema = RequestSchema.load(Path(os.environ["DISCORD_OPENAPI"]))
    commands = "/applications/1/commands"
    button = {"type": 2, "style": 1, "label": "Go", "custom_id": "a"}
    row = {"type": 1, "components": [button]}
    long_row = {"type": 1, "components": [{**button, "label": "x" * 81}]}

    assert schema.fault("POST", commands, {**VIDEO, "nsfw": True}) is None
    assert schema.fault("PUT", commands, [{**VIDEO, "typo": 1}]) is not None
    assert schema.fault("POST", PATH, {"components": [row]}) is None
    assert schema.fault("POST", PATH, {"components": [long_row]}) is not None
    fault = schema.fault("POST", PATH, {"components": [long_row]})
    assert fault is not None
    assert fault.path == ("components", 0, "components", 0, "label")
    callback = "/interactions/1/token/callback"
    assert schema.fault("POST", callback, {"type": 4, "data": {"content": "x"}}) is None
    assert schema.fault("POST", callback, {"type": 99}) is not None
