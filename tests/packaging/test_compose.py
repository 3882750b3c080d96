"""The compose files say what the program takes, hold no secret, and fit each other."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from bot.config import load
from bot.config.environment import CONFIG_PATH
from storage.database.address import Address

ROOT = Path(__file__).parents[2]
FILES = ("compose.yaml", "compose.scale.yaml")
_VARIABLE = re.compile(r"\$\{(\w+)(?::\?[^}]*)?\}")


def composed(name: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = yaml.safe_load((ROOT / name).read_text("utf-8"))
    return found


def environment(name: str) -> Mapping[str, str]:
    """Return the bot's variables, with something in the place of those of `.env`."""
    given = composed(name)["services"]["clapper"]["environment"]
    return {key: _VARIABLE.sub("filled", value) for key, value in given.items()}


@pytest.mark.parametrize("name", FILES)
def test_every_variable_is_a_setting_and_its_value_fits(
    name: str, tmp_path: Path
) -> None:
    given = dict(environment(name))
    for variable, value in given.items():
        if variable.endswith("_FILE"):
            secret = tmp_path / Path(value).name
            secret.write_text("x" * 40, encoding="utf-8")
            given[variable] = str(secret)

    config = load(None, given)

    assert config.discord.token.get_secret_value() == "x" * 40
    Address.parse(config.storage.url)


@pytest.mark.parametrize("name", FILES)
def test_settings_that_are_only_suggested_are_settings_too(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    example = (ROOT / "config.example.toml").read_text("utf-8")
    for suggested in re.findall(r"# (CLAPPER_\w+): ", text):
        if suggested == CONFIG_PATH:
            continue
        _, section, key = re.split(
            r"CLAPPER_|__", suggested.lower().replace("clapper_", "CLAPPER_")
        )
        assert re.search(rf"^\[{section}\]$(?s:.*)^# {key} = ", example, re.MULTILINE)


@pytest.mark.parametrize("name", FILES)
def test_no_secret_stands_in_it(name: str) -> None:
    services = composed(name)["services"]
    for service in services.values():
        for variable, value in service["environment"].items():
            if re.search("PASSWORD|TOKEN|KEY|SECRET", variable):
                assert _VARIABLE.fullmatch(value) or value.startswith("/run/secrets/")
    for secret in composed(name)["secrets"].values():
        assert secret["file"].startswith("secrets/")
    assert not re.search(r"://\w+:[^@/\s]+@", (ROOT / name).read_text("utf-8"))


@pytest.mark.parametrize("name", FILES)
def test_everything_is_watched_and_started_again(name: str) -> None:
    for service in composed(name)["services"].values():
        assert service["restart"] == "unless-stopped"
        assert service["healthcheck"]["test"][0] == "CMD"
        assert "latest" not in service["image"]


@pytest.mark.parametrize("name", FILES)
def test_no_log_grows_without_end(name: str) -> None:
    for service in composed(name)["services"].values():
        assert service["logging"] == {
            "driver": "json-file",
            "options": {"max-size": "10m", "max-file": "3"},
        }


def test_three_bots_are_guarded_like_one() -> None:
    one = composed("compose.yaml")["services"]["clapper"]
    three = composed("compose.scale.yaml")["services"]["clapper"]

    differ = {"environment", "volumes", "deploy", "depends_on"}
    assert three["deploy"] == {"replicas": 3}
    assert {k: v for k, v in three.items() if k not in differ} == {
        k: v for k, v in one.items() if k not in differ
    }
    assert "container_name" not in three
    assert "ports" not in three, "three cannot have the same port"


def test_the_bots_reach_their_database() -> None:
    services = composed("compose.scale.yaml")["services"]
    address = Address.parse(environment("compose.scale.yaml")["CLAPPER_STORAGE__URL"])

    db = services[address.url.host]
    assert address.url.database == db["environment"]["POSTGRES_DB"]
    assert address.url.username == db["environment"]["POSTGRES_USER"]
    password = services["clapper"]["environment"]["PGPASSWORD"]
    assert password == db["environment"]["POSTGRES_PASSWORD"]
    assert services["clapper"]["depends_on"] == {
        address.url.host: {"condition": "service_healthy"}
    }


def test_what_it_is_filled_from_is_in_no_repository() -> None:
    ignored = (ROOT / ".gitignore").read_text("utf-8").split()

    assert {".env", "secrets/"} <= set(ignored)
