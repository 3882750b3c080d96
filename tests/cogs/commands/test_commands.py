"""What we publish is checked like code: Discord refuses all of it for one fault."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import discord
import pytest

from bot.models.catalogue import MODELS
from bot.models.offer import Offer
from bot.texts.texts import Texts
from cogs.commands.error_answers import ErrorAnswers
from cogs.commands.registration import payload, same
from cogs.commands.translator import CommandTranslator
from cogs.commands.tree import ClapperTree
from cogs.moderation.commands import ModerationCommands
from cogs.moderation.report import report_menu
from cogs.quotas.commands import Quota
from cogs.quotas.usage import usage_command
from cogs.servers.about import about_command
from cogs.servers.member_settings import settings_commands
from cogs.servers.presets import preset_commands
from cogs.servers.privacy import PrivacyCommands
from cogs.videos.list_command import Videos
from cogs.videos.video_command import video_command
from sandbox.discord.command_rules import check_commands
from tests.cogs.wires import make_servers, make_wire
from tests.languages import made_up_language
from tests.offers import PICTURES, PLAIN, in_servers, make_offer

# `\w` without the ASCII it has too much of is Python's nearest to Discord's letters.
_NAME = re.compile(r"[-_'\w]{1,32}")
ATTACHMENT = discord.AppCommandOptionType.attachment.value
NOBODY: Any = cast("Any", None)
QUOTA = (
    "quota",
    *(
        f"quota-{name}"
        for name in (
            "view",
            "server",
            "members",
            "role",
            "member",
            "clear",
            "grant",
            "reset",
            "timezone",
            "report",
        )
    ),
)
MODERATION = (
    "moderation",
    *(
        f"moderation-{name}"
        for name in (
            "spicy",
            "spicy-role",
            "channel",
            "word",
            "block",
            "unblock",
            "history",
            "export",
        )
    ),
    "privacy",
)
AT_HOME = ("settings-set", "settings", "preset", "preset-add", "preset-remove")
NAMES = list(MODELS)
OFFERS = [
    PICTURES,
    *(make_offer(name) for name in NAMES),
    *(make_offer(*NAMES[:count]) for count in range(2, len(NAMES) + 1)),
]
"""What is offered unless the operator chooses, each model alone, and each number of
them."""
each_offer = pytest.mark.parametrize(
    "offer",
    OFFERS,
    ids=lambda one: "-".join(
        [str(len(one.models)), one.first.name, str(one.picture_profile is not None)]
    ),
)


async def published(texts: Texts, offer: Offer) -> list[dict[str, Any]]:
    client = discord.Client(intents=discord.Intents.none())
    tree = ClapperTree(client, ErrorAnswers(texts, make_wire()))
    for made in (
        video_command(
            NOBODY,
            NOBODY,
            offer,
            texts,
            pictures=NOBODY,
            wire=make_wire(),
            servers=make_servers(),
        ),
        settings_commands(NOBODY, offer, texts),
        preset_commands(NOBODY, offer, texts),
        usage_command(NOBODY, texts),
        about_command(NOBODY, in_servers(offer), NOBODY, texts, make_servers()),
    ):
        tree.add_command(made)
    cogs = (
        Videos(NOBODY, NOBODY, texts),
        Quota(NOBODY, NOBODY, texts, make_servers()),
        ModerationCommands(
            NOBODY, NOBODY, NOBODY, NOBODY, texts, models=NOBODY, offer=offer
        ),
        PrivacyCommands(NOBODY, texts),
    )
    for cog in cogs:
        group = cog.app_command
        for command in [group] if group else cog.get_app_commands():
            tree.add_command(command)
    return await payload(tree, CommandTranslator(texts))


def nodes(commands: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for command in commands:
        yield command
        yield from nodes(command.get("options", []))


def weight(node: dict[str, Any]) -> int:
    """Return how many characters of a command Discord counts, of what is nested too."""
    texts = [
        max(len(said) for said in (node[one], *node[f"{one}_localizations"].values()))
        for one in ("name", "description")
        if one in node
    ]
    inner = [*node.get("options", []), *node.get("choices", [])]
    return sum(texts) + len(str(node.get("value", ""))) + sum(map(weight, inner))


def option(command: dict[str, Any], name: str) -> dict[str, Any]:
    return next(one for one in command["options"] if one["name"] == name)


@each_offer
async def test_every_command_is_fit_to_publish(texts: Texts, offer: Offer) -> None:
    commands = await published(texts, offer)

    assert {command["name"] for command in commands} == {
        "video",
        "videos",
        "usage",
        "quota",
        "moderation",
        "privacy",
        "about",
        "settings",
        "preset",
    }
    for node in nodes(commands):
        for name in [node["name"], *node["name_localizations"].values()]:
            assert _NAME.fullmatch(name), name
            assert name == name.lower()
        for said in [node["description"], *node["description_localizations"].values()]:
            assert 1 <= len(said) <= 100, said
        assert len(node.get("options", [])) <= 25
        required = [one.get("required", False) for one in node.get("options", [])]
        assert required == sorted(required, reverse=True)
    check_commands(commands)


@each_offer
async def test_every_text_is_there_in_every_language(
    texts: Texts, offer: Offer
) -> None:
    others = set(texts.locales) - {"en-US"}

    for node in nodes(await published(texts, offer)):
        assert set(node["name_localizations"]) == others
        assert set(node["description_localizations"]) == others
        assert node["description"] not in node["description_localizations"].values()
        for choice in node.get("choices", []):
            assert set(choice["name_localizations"]) == others
            assert 1 <= len(choice["name"]) <= 100


async def test_commands_are_published_in_a_language_that_has_a_folder(
    tmp_path: Path,
) -> None:
    made_up_language(tmp_path, "fr")

    for node in nodes(await published(Texts.load(tmp_path, strict=True), PLAIN)):
        french = node["name_localizations"]["fr"]
        assert french == f"x{node['name']}"
        assert node["description_localizations"]["fr"] == f"x{node['description']}"
        for choice in node.get("choices", []):
            assert choice["name_localizations"]["fr"] == f"x{choice['name']}"


@each_offer
async def test_no_command_is_too_large(texts: Texts, offer: Offer) -> None:
    """Discord counts names, descriptions and values, of the longest language."""
    for command in await published(texts, offer):
        assert weight(command) <= 8000


async def test_a_picture_is_asked_for_where_a_model_takes_one(texts: Texts) -> None:
    """Second, because the first has to be given."""
    [with_pictures] = [
        one for one in await published(texts, PICTURES) if one["name"] == "video"
    ]
    [without] = [one for one in await published(texts, PLAIN) if one["name"] == "video"]

    names = [one["name"] for one in with_pictures["options"]]
    assert names[:2] == ["prompt", "image"]
    assert option(with_pictures, "image")["type"] == ATTACHMENT
    assert [one["name"] for one in without["options"]] == [
        one for one in names if one != "image"
    ]


async def test_english_names_are_those_in_the_code(texts: Texts) -> None:
    """Discord sends the name in the code, so the text must not promise another."""
    for node in nodes(await published(texts, PLAIN)):
        text_ids = [
            f"{kind}-{path}-name"
            for kind in ("command", "option")
            for path in (
                node["name"],
                f"video-{node['name']}",
                f"videos-{node['name']}",
                f"videos-list-{node['name']}",
                f"videos-cancel-{node['name']}",
                *(
                    f"{group}-{node['name']}"
                    for group in (*QUOTA, *MODERATION, *AT_HOME)
                ),
            )
        ]
        known = [one for one in text_ids if texts._bundles["en-US"].has_message(one)]
        assert known
        assert node["name"] in {texts.say("en-US", one) for one in known}


# What an admin may leave out, and what that means. Nothing here changes a setting
# unseen: a new one has to be thought about.
MAY_BE_LEFT_OUT = {
    # stays as it is
    *(
        f"quota {scope} {limit}"
        for scope in ("server", "members", "role", "member")
        for limit in (
            "per_day",
            "per_month",
            "at_once",
            "cooldown_s",
            "credits_per_day",
            "credits_per_month",
            "longest_s",
            "best_quality",
        )
        if (scope, limit) != ("server", "cooldown_s")
    ),
    "moderation word kind",
    "moderation word applies",
    # refused where it is needed
    "quota clear role",
    "quota clear member",
    # asks first: everybody
    "quota reset member",
    # the answer says what is no more
    "moderation channel channel",
    # until unblocked, as the answer says
    "moderation block duration",
    # none
    "quota grant reason",
    "moderation block reason",
    # the answer shows the whole preset
    "preset add mode",
    "preset add duration",
    "preset add aspect",
    # shows more, or the usual
    "quota view member",
    "quota report days",
    "moderation history member",
    "moderation export days",
}


async def test_no_option_that_is_left_out_changes_anything_unseen(texts: Texts) -> None:
    """`/moderation spicy` without a policy switched spicy off."""
    found = {
        f"{command['name']} {sub['name']} {one['name']}"
        for command in await published(texts, PLAIN)
        if command["name"] in {"quota", "moderation", "preset"}
        for sub in command["options"]
        for one in sub.get("options", [])
        if not one.get("required", False)
    }

    assert found == MAY_BE_LEFT_OUT


@pytest.mark.parametrize(
    ("name", "bits"), [("moderation", 1 << 40), ("quota", 1 << 5), ("preset", 1 << 5)]
)
async def test_who_sees_a_command_by_default(
    texts: Texts, name: str, bits: int
) -> None:
    """Discord docs, "Permissions": Moderate Members, and Manage Server."""
    (command,) = (one for one in await published(texts, PLAIN) if one["name"] == name)

    assert int(command["default_member_permissions"]) == bits


async def test_the_entry_in_the_menu_of_messages_is_named_in_every_language(
    texts: Texts,
) -> None:
    client = discord.Client(intents=discord.Intents.none())
    tree = ClapperTree(client, ErrorAnswers(texts, make_wire()))
    tree.add_command(report_menu(NOBODY))

    (entry,) = await payload(tree, CommandTranslator(texts))

    assert (entry["name"], entry["type"]) == ("Report video", 3)
    assert entry["name_localizations"]["de"] == "Video melden"
    assert {*entry["name_localizations"], "en-US"} == set(texts.locales)
    assert entry["contexts"] == [0]


async def test_commands_are_for_servers_only(texts: Texts) -> None:
    for command in await published(texts, PLAIN):
        assert command["contexts"] == [0]
        assert command["integration_types"] == [0]


@each_offer
async def test_the_menus_follow_the_models(texts: Texts, offer: Offer) -> None:
    commands = {one["name"]: one for one in await published(texts, offer)}
    video = commands["video"]
    names = {one["name"] for one in video["options"]}

    def values(name: str) -> list[Any]:
        if name not in names:
            return []
        return [choice["value"] for choice in option(video, name)["choices"]]

    assert values("mode") == list(offer.modes)
    assert values("aspect") == list(offer.aspects)
    assert values("quality") == list(offer.qualities)
    assert values("model") == [one.name for one in offer.models if offer.has_several]
    assert values("sound") == (["on", "off"] if offer.has_sound_switch else [])
    assert option(video, "prompt")["min_length"] == 1
    assert option(video, "prompt")["max_length"] == 4000
    assert option(video, "prompt")["required"]
    for command, name in (("settings", "set"), ("preset", "add")):
        beside = {one["name"] for one in option(commands[command], name)["options"]}
        assert names - {"prompt", "preset", "image"} <= beside
    moderation = {one["name"] for one in commands["moderation"]["options"]}
    assert ("models" in moderation) == offer.has_several


@each_offer
async def test_lengths_are_a_menu_or_a_number_within_limits(
    texts: Texts, offer: Offer
) -> None:
    """A menu holds 25."""
    (video,) = (one for one in await published(texts, offer) if one["name"] == "video")
    duration, lengths = option(video, "duration"), offer.durations_s

    assert duration["type"] == 4
    if len(lengths) <= 25:
        assert [choice["value"] for choice in duration["choices"]] == list(lengths)
    else:
        assert not duration.get("choices")
        limits = (duration["min_value"], duration["max_value"])
        assert limits == (lengths[0], lengths[-1])


async def test_choices_read_well(texts: Texts) -> None:
    (video,) = (one for one in await published(texts, PLAIN) if one["name"] == "video")
    choice = option(video, "duration")["choices"][0]

    assert choice["name"] == "6 seconds"
    assert choice["name_localizations"]["de"] == "6 Sekunden"
    assert choice["value"] == 6


def as_discord_keeps_it(node: dict[str, Any]) -> dict[str, Any]:
    """Return a command the way Discord hands it out again: more, and less."""
    kept = {
        name: value
        for name, value in node.items()
        if value not in (None, False, [], {}) or name in {"nsfw", "dm_permission"}
    }
    for inner in ("options", "choices"):
        if inner in kept:
            kept[inner] = [as_discord_keeps_it(one) for one in kept[inner]]
    for text in ("name", "description"):
        if text in kept:
            kept.setdefault(f"{text}_localizations", None)
    return kept


async def test_commands_are_known_again_in_discords_words(texts: Texts) -> None:
    ours = await published(texts, PLAIN)
    theirs = [
        as_discord_keeps_it(command)
        | {"id": "7", "application_id": "8", "version": "9", "handler": None}
        for command in reversed(ours)
    ]

    assert same(ours, theirs)


@pytest.mark.parametrize(
    "change",
    [
        {"description": "Other."},
        {"description_localizations": {"de": "Anders."}},
        {"options": []},
        {"contexts": [0, 1]},
        {"default_member_permissions": "32"},
        {"nsfw": True},
    ],
)
async def test_every_difference_is_seen(texts: Texts, change: dict[str, Any]) -> None:
    ours = await published(texts, PLAIN)
    theirs = [ours[0] | change, *ours[1:]]

    assert not same(ours, theirs)
    assert not same(ours, ours[1:])
    assert not same(ours[1:], ours)
