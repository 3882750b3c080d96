"""Every text that people read stands in the gallery, and Discord would take it."""

import re
from pathlib import Path

import pytest

from sandbox.discord.server import DiscordSandbox
from sandbox.discord.standard_world import standard_world
from tests.gallery.catalogue import GROUPS
from tests.gallery.entry_json import entry_json
from tests.gallery.pictures import LOCALES as SHOWN, THEMES, name
from tests.gallery.scene import ListeningTexts, Scene
from tests.languages import LOCALES
from tests.texts.test_languages import messages_of

MENUS = re.compile(r"(command|option|choice)-.*")
"""What stands in Discord's command menu. Some of it is also said elsewhere."""

DOCS = Path(__file__).parents[2] / "docs"
NEVER_SAID = {
    "state-refused": "a refused request is in no list",
}


@pytest.mark.thorough
@pytest.mark.parametrize("locale", LOCALES)
async def test_every_text_for_people_is_in_the_gallery(locale: str) -> None:
    texts = ListeningTexts.ready()
    discord = DiscordSandbox()
    scene = Scene(texts=texts, locale=locale, world=standard_world(discord.world))

    for sections in GROUPS.values():
        for section in sections:
            # As the stand-in's Discord takes it: it refuses what Discord would.
            assert all(
                entry_json(discord, scene, one) for one in section.entries(scene)
            )

    wanted = {one for one in messages_of(locale) if not MENUS.fullmatch(one)}
    missing = wanted - texts.heard - set(NEVER_SAID)
    assert missing == set(), "no entry in tests/gallery/groups says these texts"
    assert not texts.heard & set(NEVER_SAID)


def test_the_documentation_shows_each_group() -> None:
    page = (DOCS / "messages.md").read_text("utf-8")
    shown = set(re.findall(r"images/(messages-[\w-]+\.webp)", page))
    wanted = {
        name(group, locale, theme)
        for group in GROUPS
        for locale in SHOWN
        for theme in THEMES
    }

    assert shown == wanted
    assert [one for one in wanted if not (DOCS / "images" / one).is_file()] == []
