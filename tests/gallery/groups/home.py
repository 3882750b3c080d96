"""What a server's people see first: the greeting, `/about`, `/settings`, `/preset`."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from bot.errors import UserError
from bot.jobs.video_settings import NOTHING_CHOSEN, VideoSettings
from bot.models.choices import Aspect, Mode
from bot.models.offer import Offer
from bot.moderation.policy import REFUSALS, Block, PicturesPolicy, Verdict
from bot.quotas.limits import NO_LIMIT, LimitSet
from bot.requests.about import RequestOutlook
from bot.requests.preset import MOST_PRESETS, NAME_MAX_CHARS, WORDS_MAX_CHARS, Preset
from bot.servers.places import Permission
from cogs.drawing.settings_views import own_settings_view, preset_view, presets_view
from cogs.servers.about import BotInfo, about_view
from cogs.wire.system_channels import greeting_view
from tests.factories import PICTURE_ID
from tests.gallery.quota_statuses import quota_status
from tests.gallery.scene import NOW, Entry, Scene
from tests.offers import (
    BETA,
    PICTURES,
    PLAIN,
    SEVERAL,
    WAN,
    make_offer,
    own_defaults,
)
from tests.servers.people import make_incoming

LINKS = BotInfo(
    version="1.2.3",
    privacy_url="https://example.com/privacy",
    terms_url="https://example.com/terms",
    support_url="https://example.com/help",
)
NO_LINKS = BotInfo(version="1.2.3", privacy_url=None, terms_url=None, support_url=None)
OF_POLICY = [
    one
    for one in Verdict
    if one not in {Verdict.BLOCKED, Verdict.WORDS} and not one.startswith("picture")
]
ALL_SET = VideoSettings(
    mode=Mode.SPICY, duration_s=10, aspect=Aspect.LANDSCAPE, quality="720p"
)
PENCIL = Preset(
    name="pencil",
    words="A pencil drawing of {prompt}, on old paper",
    settings=VideoSettings(mode=Mode.FUN, aspect=Aspect.SQUARE),
)
NOIR = Preset(name="noir", words="{prompt}, film noir, rain", settings=NOTHING_CHOSEN)


def greeting(scene: Scene) -> Iterator[Entry]:
    """Draw the first message in a server."""
    view = greeting_view(scene.texts, scene.locale)
    yield Entry(caption="In a server that has just added Clapper", shows=view)


def about(scene: Scene) -> Iterator[Entry]:
    """Draw `/about`."""

    def shown(
        caption: str,
        imprint: BotInfo = NO_LINKS,
        offer: Offer = PLAIN,
        **fields: Any,
    ) -> Entry:
        usual: dict[str, Any] = {
            "is_served": True,
            "place": make_incoming().place,
            "place_fault": None,
            "missing": (),
            "block": None,
            "spicy": Verdict.SPICY_OFF,
            "pictures": PicturesPolicy.OWN,
            "quota": quota_status(scene, day=2),
        }
        here = RequestOutlook(**(usual | fields))
        view = about_view(scene.texts, scene.locale, here, offer, imprint)
        return Entry(caption=caption, shows=view)

    yield shown("/about, with the operator's links", LINKS, BETA)
    for verdict in OF_POLICY:
        entry = shown(f"/about, spicy: {verdict}", spicy=verdict)
        # They differ in one line, which stands among the refusals too.
        yield replace(entry, pictured=verdict not in REFUSALS)
    for policy in PicturesPolicy:
        yield shown(f"/about, pictures: {policy}", offer=PICTURES, pictures=policy)
    several = make_offer(
        "grok-imagine-text-to-video",
        "kling-v3-turbo-text-to-video",
        WAN,
        picture_id=PICTURE_ID,
    )
    yield shown("/about, several without pictures", offer=several)
    free = LimitSet(per_day=NO_LIMIT, per_month=NO_LIMIT)
    none = LimitSet(per_day=0, per_month=0)
    yield shown("/about, no limits", quota=quota_status(scene, own=free))
    yield shown("/about, limits of 0", quota=quota_status(scene, own=none))
    yield shown("/about, permissions are missing", missing=(Permission.ATTACH_FILES,))
    yield shown("/about, a closed thread", place_fault="refused-thread-closed")
    block = Block(
        user_id=scene.mia,
        until=scene.later(days=3),
        reason=None,
        blocked_by=scene.mo,
        at=NOW,
    )
    yield shown("/about, for a blocked member", block=block)
    yield shown("/about, in a server that is not served", is_served=False)


NO_SOUND = VideoSettings(
    model="seedance-2.0-fast-text-to-video", aspect=Aspect.AUTO, sound=False
)


def settings(scene: Scene) -> Iterator[Entry]:
    """Draw `/settings`, and why it may not change."""
    for caption, own, offer in (
        ("/settings show, nothing chosen", NOTHING_CHOSEN, PLAIN),
        ("/settings show", VideoSettings(mode=Mode.FUN, duration_s=10), PLAIN),
        ("All chosen, with qualities", ALL_SET, BETA),
        ("Nothing chosen, with qualities", NOTHING_CHOSEN, BETA),
        ("Nothing chosen, with several models", NOTHING_CHOSEN, SEVERAL),
        ("A model, and no sound", NO_SOUND, SEVERAL),
        ("A model, and sound", replace(NO_SOUND, sound=True), SEVERAL),
    ):
        defaults = own_defaults(own, offer)
        view = own_settings_view(scene.texts, scene.locale, defaults, offer)
        yield Entry(caption=caption, shows=view)
    nothing = scene.refusal(UserError("refused-settings-nothing"))
    yield Entry(caption="Nothing chosen to set", shows=nothing)
    unknown = scene.refusal(UserError("refused-choice"))
    yield Entry(caption="Something that is not offered", shows=unknown)
    for whose in ("default", "preset"):
        refusal = UserError("refused-spicy-off")
        refusal.hint = f"hint-spicy-{whose}"
        yield Entry(caption=f"Spicy by {whose}", shows=scene.refusal(refusal))


def presets(scene: Scene) -> Iterator[Entry]:
    """Draw `/preset`, and why one is refused."""
    for is_new, caption in ((True, "/preset add"), (False, "The same name again")):
        view = preset_view(scene.texts, scene.locale, PENCIL, is_new=is_new)
        yield Entry(caption=caption, shows=view)
    removed = scene.say("preset-removed", name=PENCIL.name)
    yield Entry(caption="/preset remove", shows=removed)
    many = [
        Preset(
            name=f"{number} {'x' * 29}",
            words=f"{{prompt}} {'y ' * 400}",
            settings=ALL_SET,
        )
        for number in range(MOST_PRESETS)
    ]
    for caption, kept in (
        ("/preset list, none", []),
        ("/preset list, one", [NOIR]),
        ("/preset list", [NOIR, PENCIL]),
        ("/preset list, more than fit", many),
    ):
        view = presets_view(scene.texts, scene.locale, kept)
        yield Entry(caption=caption, shows=view, pictured=kept is not many)

    def no(caption: str, text_id: str, **values: Any) -> Entry:
        return Entry(caption=caption, shows=scene.refusal(UserError(text_id, **values)))

    yield no("An empty or long name", "refused-preset-name", most=NAME_MAX_CHARS)
    yield no("Long words", "refused-preset-words-long", most=WORDS_MAX_CHARS)
    placeholder = "{prompt}"
    yield no(
        "Words without a place for the prompt",
        "refused-preset-placeholder",
        placeholder=placeholder,
    )
    yield no("A long prompt", "refused-preset-prompt-long", most=3958)
    yield no("Too many", "refused-presets-many", most=MOST_PRESETS)
    yield no("No such preset", "not-found-preset")
