"""What `/about`, `/settings`, `/preset` and the greeting say, in both languages."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from bot.ids import UserId
from bot.jobs.video_settings import NOTHING_CHOSEN, VideoSettings
from bot.models.choices import Aspect, Mode
from bot.models.offer import Offer
from bot.moderation.policy import Block, PicturesPolicy, Verdict
from bot.quotas.limits import NO_LIMIT, LimitSet
from bot.requests.about import RequestOutlook
from bot.requests.preset import (
    MOST_PRESETS,
    NAME_MAX_CHARS,
    PLACEHOLDER,
    WORDS_MAX_CHARS,
    Preset,
    preset_fault,
)
from bot.servers.places import Permission
from cogs.drawing.settings_views import own_settings_view, preset_view, presets_view
from cogs.servers.about import BotInfo, about_view
from cogs.wire.system_channels import greeting_view
from tests.cogs.drawings import BUTTON, assert_fit_to_send, pieces, text_of
from tests.cogs.quota_statuses import make_standing
from tests.factories import NOON, PICTURE_ID
from tests.languages import LOCALES, strict_texts
from tests.offers import BETA, PICTURES, PLAIN, WAN, make_offer, own_defaults
from tests.servers.people import make_incoming

TEXTS = strict_texts()
MIA = UserId(3)
ALL_SET = VideoSettings(
    mode=Mode.SPICY, duration_s=10, aspect=Aspect.LANDSCAPE, quality="720p"
)
LINKS = BotInfo(
    version="1.2.3",
    privacy_url="https://example.com/privacy",
    terms_url="https://example.com/terms",
    support_url="https://example.com/help",
)
NO_LINKS = BotInfo(version="1.2.3", privacy_url=None, terms_url=None, support_url=None)
SPICY = [
    verdict
    for verdict in Verdict
    if verdict not in {Verdict.BLOCKED, Verdict.WORDS}
    and not verdict.startswith("picture")
]


def here(**overrides: Any) -> RequestOutlook:
    fields: dict[str, Any] = {
        "is_served": True,
        "place": make_incoming().place,
        "place_fault": None,
        "missing": (),
        "block": None,
        "spicy": Verdict.SPICY_OFF,
        "pictures": PicturesPolicy.OWN,
        "quota": make_standing(MIA, day=2, month=9),
    }
    return RequestOutlook(**(fields | overrides))


def about(locale: str, *, imprint: BotInfo = LINKS, **overrides: Any) -> str:
    view = about_view(TEXTS, locale, here(**overrides), PLAIN, imprint)
    assert_fit_to_send(view)
    return text_of(view)


def test_about_says_in_a_few_lines_what_is_so_here() -> None:
    said = about("en-US")

    assert said.splitlines() == [
        "### Clapper",
        (
            "I make short videos from your words."
            " Type `/video` and say what should happen."
        ),
        "**In this channel**",
        "✅ You can ask for videos here.",
        "🎬 6 or 10 seconds · fun or normal · 16:9, 9:16, 1:1, 3:2, 2:3",
        "🌶️ Spicy videos are switched off in this server.",
        "📊 2 of 5 videos today · 9 of 50 this month (more: `/usage`)",
        "**Your data**",
        (
            "`/privacy export` gives you a file with all that is stored about you."
            " `/privacy forget` erases your prompts, your pictures, your settings and"
            " your user ID."
        ),
        "-# Clapper 1.2.3",
    ]


def test_about_says_it_in_german() -> None:
    said = about("de")

    for words in (
        "Tippe `/video`",
        "6 oder 10 Sekunden",
        "Gewagte Videos sind auf diesem Server ausgeschaltet.",
        "2 von 5 Videos heute · 9 von 50 in diesem Monat (mehr: `/verbrauch`)",
        "`/datenschutz vergessen` löscht",
    ):
        assert words in said


@pytest.mark.parametrize("locale", LOCALES)
def test_about_says_each_thing_that_can_be_so_of_spicy(locale: str) -> None:
    said = {about(locale, spicy=verdict) for verdict in SPICY}

    assert len(said) == len(SPICY)


def test_about_says_first_what_stands_in_the_way() -> None:
    missing = about("en-US", missing=(Permission.ATTACH_FILES, Permission.EMBED_LINKS))
    block = Block(user_id=MIA, until=NOON, reason="x", blocked_by=MIA, at=NOON)
    blocked = about("en-US", block=block)
    barred = about("en-US", is_served=False)
    closed = about("en-US", place_fault="refused-thread-closed")
    quiet = make_incoming(timed_out_until=NOON).place
    timed_out = about("en-US", place=quiet, place_fault="refused-timed-out")

    assert "This thread is closed." in closed
    assert f"Try again <t:{int(NOON.timestamp())}:R>" in timed_out
    assert "Attach Files, Embed Links" in missing
    assert f"The block ends <t:{int(NOON.timestamp())}:R>" in blocked
    assert "isn't available in this server" in barred
    assert "seconds" not in barred
    for said in (missing, blocked, barred, closed, timed_out):
        assert "You can ask for videos here" not in said


def test_about_promises_nothing_where_no_video_is_allowed() -> None:
    none = make_standing(MIA, own=LimitSet(per_day=0, per_month=0))
    free = make_standing(MIA, own=LimitSet(per_day=NO_LIMIT, per_month=NO_LIMIT))

    assert "No videos allowed today" in about("en-US", quota=none)
    assert "0 of 0" not in about("en-US", quota=none)
    assert "aren't limited" in about("en-US", quota=free)


@pytest.mark.parametrize("locale", LOCALES)
def test_about_links_to_what_the_operator_has_set(locale: str) -> None:
    def links(imprint: BotInfo) -> list[str]:
        view = about_view(TEXTS, locale, here(), BETA, imprint)
        return [one["url"] for one in pieces(view) if one["type"] == BUTTON]

    assert links(LINKS) == [LINKS.privacy_url, LINKS.terms_url, LINKS.support_url]
    assert links(NO_LINKS) == []


@pytest.mark.parametrize(
    ("locale", "commands"),
    [
        ("en-US", ["/video", "/usage", "/settings set", "/quota view", "/preset add"]),
        ("de", ["/video", "/verbrauch", "/limits ansehen", "/vorlage hinzufügen"]),
    ],
)
def test_the_greeting_says_how_to_begin_and_calls_nobody(
    locale: str, commands: list[str]
) -> None:
    view = greeting_view(TEXTS, locale)
    said = text_of(view)

    assert_fit_to_send(view)
    assert all(f"`{one}`" in said for one in commands)
    assert "@" not in said
    assert len(said) < 800


@pytest.mark.parametrize("locale", LOCALES)
def test_commands_that_our_texts_name_exist_in_that_language(locale: str) -> None:
    """A name that was changed in one place would be one that nobody can type."""
    names = set(command_names(locale))
    views = (
        greeting_view(TEXTS, locale),
        about_view(TEXTS, locale, here(), PLAIN, LINKS),
        own_settings_view(TEXTS, locale, own_defaults(ALL_SET, BETA), BETA),
        presets_view(TEXTS, locale, []),
    )
    said = "\n".join(text_of(view) for view in views)
    said += TEXTS.say(locale, "hint-spicy-default")

    named = {one.rstrip(":") for one in said.split("`")[1::2]}

    assert named <= names


def command_names(locale: str) -> Iterator[str]:
    for path in (
        "video",
        "usage",
        "about",
        "settings-set",
        "preset-add",
        "quota-view",
        "moderation-view",
        "privacy-export",
        "privacy-forget",
    ):
        head, _, tail = path.partition("-")
        name = f"/{TEXTS.say(locale, f'command-{head}-name')}"
        if tail:
            name = f"{name} {TEXTS.say(locale, f'command-{path}-name')}"
        yield name


def test_own_defaults_are_told_from_the_usual_ones() -> None:
    own = VideoSettings(mode=Mode.FUN, aspect=Aspect.TALL)
    said = text_of(own_settings_view(TEXTS, "en-US", own_defaults(own, PLAIN), PLAIN))

    assert said.splitlines()[1:4] == [
        "Mode: **fun**",
        "Length: **6 seconds** (usual)",
        "Shape: **9:16**",
    ]
    assert "Quality" not in said
    assert "spicy" not in said


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("own", [NOTHING_CHOSEN, ALL_SET])
def test_the_sheet_of_own_defaults_is_fit_to_send(
    locale: str, own: VideoSettings
) -> None:
    for offer in (PLAIN, BETA):
        defaults = own_defaults(own, offer)
        assert_fit_to_send(own_settings_view(TEXTS, locale, defaults, offer))


def test_a_preset_is_shown_whole_when_it_is_kept() -> None:
    preset = Preset(name="Film noir", words="Film noir of {prompt}", settings=ALL_SET)
    added = text_of(preset_view(TEXTS, "en-US", preset, is_new=True))
    changed = text_of(preset_view(TEXTS, "de", preset, is_new=False))

    assert added.splitlines() == [
        "Preset **Film noir** added:",
        "> Film noir of {prompt}",
        "-# spicy · 10 s · 3:2 · 720p",
        (
            "-# Members choose it with `/video preset:`."
            " An option they choose beside it comes first."
        ),
    ]
    assert changed.splitlines()[0] == "Vorlage **Film noir** geändert:"
    assert changed.splitlines()[2] == "-# gewagt · 10 s · 3:2 · 720p"


def test_a_list_of_presets_names_them_all() -> None:
    presets = [
        Preset(name=f"Style {number}", words="A drawing of {prompt}", settings=ALL_SET)
        for number in range(MOST_PRESETS)
    ]
    view = presets_view(TEXTS, "en-US", presets)
    said = text_of(view)

    assert_fit_to_send(view)
    assert said.splitlines()[0] == "### 50 presets in this server"
    assert all(f"**Style {number}**" in said for number in range(MOST_PRESETS))


def test_no_presets_say_how_to_add_one() -> None:
    said = text_of(presets_view(TEXTS, "de", []))

    assert said == (
        "### Keine Vorlagen auf diesem Server\n"
        "Füge mit `/vorlage hinzufügen` eine hinzu."
    )


PRESETS = st.builds(
    Preset,
    name=st.text(min_size=1, max_size=NAME_MAX_CHARS),
    words=st.text(max_size=(WORDS_MAX_CHARS - len(PLACEHOLDER)) // 2).map(
        lambda words: f"{words}{PLACEHOLDER}{words}"
    ),
    settings=st.just(ALL_SET),
).filter(lambda one: preset_fault(one) is None)


@settings(max_examples=60)
@given(PRESETS, st.integers(1, MOST_PRESETS), st.sampled_from(LOCALES))
def test_whatever_a_preset_holds_its_sheets_are_fit_to_send(
    preset: Preset, count: int, locale: str
) -> None:
    assert_fit_to_send(preset_view(TEXTS, locale, preset, is_new=True))
    assert_fit_to_send(presets_view(TEXTS, locale, [preset] * count))


@pytest.mark.parametrize("character", ["*", "🎬", "@", "W"])
def test_the_longest_presets_are_fit_to_send(character: str) -> None:
    preset = Preset(
        name=character * NAME_MAX_CHARS,
        words=character * (WORDS_MAX_CHARS - len(PLACEHOLDER)) + PLACEHOLDER,
        settings=ALL_SET,
    )
    assert_fit_to_send(preset_view(TEXTS, "en-US", preset, is_new=True))
    view = presets_view(TEXTS, "de", [preset] * MOST_PRESETS)
    assert_fit_to_send(view)


@pytest.mark.parametrize("limit", ["per_day", "per_month", "at_once"])
def test_about_promises_no_video_to_a_member_whose_limit_is_0(limit: str) -> None:
    shown = about("en-US", quota=make_standing(MIA, own=LimitSet(**{limit: 0})))

    assert "You can ask for videos here" not in shown
    assert "your limit is 0" in shown


@pytest.mark.parametrize("locale", LOCALES)
def test_about_says_whose_pictures_may_be_used_where_any_may(locale: str) -> None:
    def said(offer: Offer, policy: PicturesPolicy) -> str:
        view = about_view(TEXTS, locale, here(pictures=policy), offer, LINKS)
        assert_fit_to_send(view)
        return text_of(view)

    assert len({said(PICTURES, policy) for policy in PicturesPolicy}) == 3
    assert len({said(PLAIN, policy) for policy in PicturesPolicy}) == 1
    assert "🖼️" not in said(PLAIN, PicturesPolicy.ANY)


@pytest.mark.parametrize(
    ("locale", "sentence"),
    [
        (
            "en-US",
            (
                "From a picture, Grok Imagine Beta makes the video instead of Grok"
                " Imagine or Wan 3.0."
            ),
        ),
        (
            "de",
            (
                "Aus einem Bild macht Grok Imagine Beta das Video statt Grok Imagine"
                " oder Wan 3.0."
            ),
        ),
    ],
)
def test_about_says_which_model_makes_other_models_clips_from_pictures(
    locale: str, sentence: str
) -> None:
    names = "grok-imagine-text-to-video", "sora-2-preview", WAN
    offer = make_offer(*names, picture_id=PICTURE_ID)

    def said(offer: Offer, policy: PicturesPolicy) -> str:
        view = about_view(TEXTS, locale, here(pictures=policy), offer, LINKS)
        assert_fit_to_send(view)
        return text_of(view)

    assert sentence in said(offer, PicturesPolicy.OWN)
    assert sentence not in said(offer, PicturesPolicy.OFF)
    own = make_offer("sora-2-preview", picture_id=PICTURE_ID)
    assert "Grok" not in said(own, PicturesPolicy.OWN)
