"""What we publish is checked like code: the example has to be true and complete."""

import re
import tomllib
from pathlib import Path

from bot.config import load, placeholders
from bot.config.names import Setting, settings

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"
COMMENTED = re.compile(r"^# (\w+ = .+)$", flags=re.MULTILINE)


def with_comments_switched_on() -> dict[str, dict[str, object]]:
    """Return the example with every setting that it only mentions."""
    return tomllib.loads(COMMENTED.sub(r"\1", EXAMPLE.read_text(encoding="utf-8")))


def test_the_example_can_be_loaded_as_it_is() -> None:
    config = load(EXAMPLE, {})

    assert config.discord.token.get_secret_value() == "put-the-bot-token-here"


def test_secrets_that_nobody_has_filled_in_are_known_as_the_example_s() -> None:
    told = list(placeholders(load(EXAMPLE, {})))

    assert [sentence.split(" (")[0] for sentence in told] == [
        "discord.token",
        "evolink.api_key",
    ]
    assert all("is still the example's: put your" in sentence for sentence in told)


def test_the_example_names_every_setting_and_no_other() -> None:
    named = {
        Setting(section, key)
        for section, table in with_comments_switched_on().items()
        for key in table
    }

    assert named == set(settings())


def test_the_defaults_it_mentions_are_the_defaults() -> None:
    """Only settings without a default may show something else: an example."""
    defaults = load(EXAMPLE, {}).model_dump()
    for section, table in with_comments_switched_on().items():
        for key, shown in table.items():
            default = defaults[section][key]
            if default is None or key in {"token", "api_key"}:
                continue
            assert shown == (str(default) if isinstance(default, Path) else default)


def test_every_setting_is_explained() -> None:
    """A comment stands above each setting, or above the block that it is part of."""
    for section in EXAMPLE.read_text(encoding="utf-8").split("\n["):
        explained = False
        for line in section.splitlines()[1:]:
            if not line:
                explained = False
            elif line.startswith("# ") and not COMMENTED.match(line):
                explained = True
            else:
                assert explained or "base_url" in line, line
