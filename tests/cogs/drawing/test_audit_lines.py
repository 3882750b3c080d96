"""The moderation history and the log channel say who did what to whom, in words."""

import re
from datetime import UTC, datetime

import pytest

from bot.ids import GuildId, UserId
from bot.servers.audit import AuditEntry, AuditValue
from cogs.drawing.audit_lines import SENTENCES, audit_sentence
from tests.languages import LOCALES, strict_texts

TEXTS = strict_texts()
MO, BEN = UserId(1_300_000_000_000_000_077), UserId(1_300_000_000_000_000_088)
NOON = datetime(2026, 12, 5, 12, tzinfo=UTC)

Values = dict[str, AuditValue]


def entry(
    action: str,
    subject: str | None = "server",
    before: Values | None = None,
    after: Values | None = None,
    *,
    reason: str | None = None,
    actor: UserId | None = MO,
) -> AuditEntry:
    """Return a row as the use cases write it."""
    return AuditEntry(
        guild_id=GuildId(1),
        actor_id=actor,
        at=NOON,
        action=action,
        subject=subject,
        before=before,
        after=after,
        reason=reason,
    )


OF_BEN = f"member:{BEN}"
REQUESTER: Values = {"requester": str(BEN)}
WORD: Values = {"pattern": "gore", "kind": "word", "applies": "always"}
PRESET: Values = {"name": "Film *noir*", "words": "{prompt}, black and white"}
UNTIL = "2026-12-05T11:04:55.656285+00:00"

ROWS = [
    (
        entry(
            "moderation.policy", before={"policy": "off"}, after={"policy": "review"}
        ),
        (
            "@Mo changed spicy videos from **off** to"
            " **in age-restricted places, after approval**."
        ),
        (
            "@Mo hat gewagte Videos von **aus** auf"
            " **an Orten mit Altersbeschränkung, nach Freigabe** gestellt."
        ),
    ),
    (
        entry("moderation.policy", before={"policy": "off"}, after={"policy": "off"}),
        "@Mo left spicy videos at **off**.",
        "@Mo hat gewagte Videos bei **aus** gelassen.",
    ),
    (
        entry(
            "moderation.pictures", before={"pictures": "own"}, after={"pictures": "any"}
        ),
        (
            "@Mo changed whose pictures may be used from"
            " **only the requester's own** to **anybody's**."
        ),
        (
            "@Mo hat geändert, wessen Bilder verwendet werden dürfen: von"
            " **nur eigene** auf **alle**."
        ),
    ),
    (
        entry(
            "moderation.pictures", before={"pictures": "off"}, after={"pictures": "off"}
        ),
        "@Mo left whose pictures may be used at **none**.",
        "@Mo hat nicht geändert, wessen Bilder verwendet werden dürfen: **keine**.",
    ),
    (
        entry(
            "moderation.models",
            before={"model": "sora-2-preview", "allowed": True, "default": True},
            after={"model": "sora-2-preview", "allowed": False, "default": False},
        ),
        "@Mo removed Sora 2 from this server's models.",
        "@Mo hat Sora 2 von den Modellen dieses Servers entfernt.",
    ),
    (
        entry(
            "moderation.models",
            before={"model": "sora-2-preview", "allowed": False, "default": False},
            after={"model": "sora-2-preview", "allowed": True, "default": False},
        ),
        "@Mo allowed the model Sora 2.",
        "@Mo hat das Modell Sora 2 erlaubt.",
    ),
    (
        entry(
            "moderation.models",
            before={"model": "gone", "allowed": True, "default": False},
            after={"model": "gone", "allowed": True, "default": True},
        ),
        "@Mo made gone the default model.",
        "@Mo hat gone zum Standardmodell gemacht.",
    ),
    (
        entry("moderation.spicy-role", "role:5", {"allowed": False}, {"allowed": True}),
        "@Mo allowed <@&5> to ask for spicy videos.",
        "@Mo hat <@&5> gewagte Videos erlaubt.",
    ),
    (
        entry("moderation.spicy-role", "role:5", {"allowed": True}, {"allowed": False}),
        "@Mo took <@&5> off the list of roles that may ask for spicy videos.",
        "@Mo hat <@&5> von den Rollen gestrichen, die gewagte Videos anfragen dürfen.",
    ),
    (
        entry("moderation.channel", "review", {"channel": None}, {"channel": "42"}),
        "@Mo made <#42> the review channel.",
        "@Mo hat <#42> zum Kanal für Freigaben gemacht.",
    ),
    (
        entry("moderation.channel", "log", {"channel": "42"}, {"channel": None}),
        "@Mo removed the log channel.",
        "@Mo hat den Protokollkanal entfernt.",
    ),
    (
        entry("moderation.word", before=None, after=WORD),
        "@Mo blocked “gore” (word, every prompt).",
        "@Mo hat „gore“ gesperrt (Wort, jede Beschreibung).",
    ),
    (
        entry("moderation.word", before=WORD, after={**WORD, "applies": "spicy"}),
        "@Mo changed the block of “gore” to: word, spicy prompts.",
        "@Mo hat die Sperre von „gore“ geändert: Wort, gewagte Beschreibungen.",
    ),
    (
        entry("moderation.word", before=WORD, after=None),
        "@Mo unblocked “gore” (word, every prompt).",
        "@Mo hat „gore“ wieder erlaubt (Wort, jede Beschreibung).",
    ),
    (
        entry("moderation.block", OF_BEN, after={"until": UNTIL}, reason="spam"),
        "@Mo blocked @Ben until <t:1796468695:f>.\nReason: spam",
        "@Mo hat @Ben bis <t:1796468695:f> gesperrt.\nGrund: spam",
    ),
    (
        entry("moderation.block", OF_BEN, after={"until": None}),
        "@Mo blocked @Ben until somebody unblocks them.",
        "@Mo hat @Ben gesperrt, bis jemand die Sperre aufhebt.",
    ),
    (
        entry("moderation.unblock", OF_BEN),
        "@Mo unblocked @Ben.",
        "@Mo hat die Sperre von @Ben aufgehoben.",
    ),
    (
        entry("review.approved", "job:a", {"state": "awaiting_review"}, REQUESTER),
        "@Mo approved @Ben's spicy request.",
        "@Mo hat die gewagte Anfrage von @Ben freigegeben.",
    ),
    (
        entry("review.denied", "job:a", {}, REQUESTER, reason="Not here."),
        "@Mo denied @Ben's spicy request.\nReason: Not here\\.",
        "@Mo hat die gewagte Anfrage von @Ben abgelehnt.\nGrund: Not here\\.",
    ),
    (
        entry("review.lapsed", "job:a", {}, REQUESTER, actor=None),
        "@Ben's spicy request lapsed: no moderator decided within 24 hours.",
        (
            "Die gewagte Anfrage von @Ben ist verfallen:"
            " Innerhalb von 24 Stunden hat niemand entschieden."
        ),
    ),
    (
        entry("report.made", "job:a", after=REQUESTER),
        "@Mo reported @Ben's video.",
        "@Mo hat das Video von @Ben gemeldet.",
    ),
    (
        entry("report.made", "job:a", after={"report": "f00d"}),
        "@Mo reported a member's video.",
        "@Mo hat das Video von einem Mitglied gemeldet.",
    ),
    (
        entry("report.removed", "job:a", after=REQUESTER),
        "@Mo removed @Ben's video after a report.",
        "@Mo hat das Video von @Ben nach einer Meldung entfernt.",
    ),
    (
        entry("report.dismissed", "job:a", after=REQUESTER),
        "@Mo kept @Ben's video after a report.",
        "@Mo hat das Video von @Ben nach einer Meldung behalten.",
    ),
    (
        entry("clip.deleted", "job:a", after={"requester": "0"}),
        "@Mo deleted a member's video.",
        "@Mo hat das Video von einem Mitglied gelöscht.",
    ),
    (
        entry("clip.deleted", "job:a", after=REQUESTER),
        "@Mo deleted @Ben's video.",
        "@Mo hat das Video von @Ben gelöscht.",
    ),
    (
        entry("clip.deleted", "job:a", after=REQUESTER, actor=BEN),
        "@Ben deleted their own video.",
        "@Ben hat das eigene Video gelöscht.",
    ),
    (
        entry("quota.limits", OF_BEN, {"per_day": 5}, {"per_day": 5, "per_month": -1}),
        "@Mo set limits for @Ben: no monthly limit.",
        "@Mo hat Limits für @Ben festgelegt: kein Monatslimit.",
    ),
    (
        entry("quota.limits", "members", {"per_day": 5}, {"per_day": 5}),
        "@Mo set limits for each member to what they were.",
        "@Mo hat die Limits für jedes Mitglied so festgelegt, wie sie waren.",
    ),
    (
        entry("quota.clear", "role:5", {"per_day": 3, "at_once": 2}, {}),
        "@Mo removed the limits for <@&5> (3 a day, 2 at a time).",
        "@Mo hat die Limits für <@&5> entfernt (3 am Tag, 2 gleichzeitig).",
    ),
    (
        entry("quota.clear", "server", {}, {}),
        "@Mo removed the limits for the whole server; there were none.",
        "@Mo hat die Limits für den ganzen Server entfernt; es gab keine.",
    ),
    (
        entry("quota.grant", OF_BEN, {"left": 0}, {"left": 4, "granted": 4}),
        "@Mo gave @Ben 4 extra videos (4 left).",
        "@Mo hat @Ben 4 Extra-Videos gutgeschrieben (4 übrig).",
    ),
    (
        entry("quota.grant", OF_BEN, {"left": 4}, {"left": 3, "granted": -1}),
        "@Mo took one extra video back from @Ben (3 left).",
        "@Mo hat @Ben ein Extra-Video abgezogen (3 übrig).",
    ),
    (
        entry("quota.grant", OF_BEN, {"left": 0}, {"left": 0, "granted": 0}),
        "@Mo wanted to take extra videos back from @Ben; there were none.",
        "@Mo wollte @Ben Extra-Videos abziehen; es gab keine.",
    ),
    (
        entry("quota.reset", OF_BEN, {"videos": 4}),
        "@Mo reset @Ben's usage (4 videos).",
        "@Mo hat den Verbrauch von @Ben zurückgesetzt (4 Videos).",
    ),
    (
        entry("quota.reset", "server", {"videos": 1}),
        "@Mo reset everyone's usage (one video).",
        "@Mo hat den Verbrauch aller zurückgesetzt (ein Video).",
    ),
    (
        entry("quota.timezone", "server", {"zone": "UTC"}, {"zone": "Europe/Berlin"}),
        "@Mo changed the time zone from UTC to Europe/Berlin.",
        "@Mo hat die Zeitzone von UTC auf Europe/Berlin geändert.",
    ),
    (
        entry("quota.prices", "server", {"shown": "nobody"}, {"shown": "everyone"}),
        "@Mo let everyone see what videos cost.",
        "@Mo lässt alle sehen, was Videos kosten.",
    ),
    (
        entry("quota.spend_warning", after={"percent": 81}, actor=None),
        "81% of this month's credits are used.",
        "81 % der Credits dieses Monats sind verbraucht.",
    ),
    (
        entry("quota.limit_warning", after={"percent": 83, "limit": 1500}, actor=None),
        "83% of this server's monthly limit of 1,500 credits are used.",
        "83 % des Monatslimits dieses Servers von 1.500 Credits sind verbraucht.",
    ),
    (
        entry("preset.add", after=PRESET),
        "@Mo added the preset “Film \\*noir\\*”.",
        "@Mo hat die Vorlage „Film \\*noir\\*“ hinzugefügt.",
    ),
    (
        entry("preset.add", before=PRESET, after={**PRESET, "mode": "fun"}),
        "@Mo changed the preset “Film \\*noir\\*”.",
        "@Mo hat die Vorlage „Film \\*noir\\*“ geändert.",
    ),
    (
        entry("preset.remove", before=PRESET),
        "@Mo removed the preset “Film \\*noir\\*”.",
        "@Mo hat die Vorlage „Film \\*noir\\*“ entfernt.",
    ),
]


@pytest.mark.parametrize(("row", "english", "german"), ROWS)
def test_an_entry_is_a_sentence_in_the_readers_language(
    row: AuditEntry, english: str, german: str
) -> None:
    assert told(row, "en-US") == english
    assert told(row, "de") == german


def test_each_kind_of_entry_is_tried_here() -> None:
    assert {row.action for row, _, _ in ROWS} == set(SENTENCES)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("row", [row for row, _, _ in ROWS])
def test_no_sentence_shows_a_row_of_the_database(row: AuditEntry, locale: str) -> None:
    said = re.sub(r"<[@#t][^>]*>", "", audit_sentence(TEXTS, locale, row))

    for raw in ("per_month", "per_day", "at_once", "None", "-1", "→", "T11:", "job:"):
        assert raw not in said
    assert not re.search(r"\b(state|until|videos|channel|requester):", said)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize(
    "row",
    [
        entry("future.thing"),
        *(entry(action, subject=None) for action in sorted(SENTENCES)),
        *(entry(action, "member:x", {}, {"x": []}) for action in sorted(SENTENCES)),
    ],
)
def test_a_row_of_another_version_still_says_who_did_something(
    row: AuditEntry, locale: str
) -> None:
    said = audit_sentence(TEXTS, locale, row)

    assert said.endswith(".")
    assert len(said) > 20


def told(row: AuditEntry, locale: str) -> str:
    """Return the sentence with the names that a reader's client shows."""
    said = audit_sentence(TEXTS, locale, row)
    return said.replace(f"<@{MO}>", "@Mo").replace(f"<@{BEN}>", "@Ben")
