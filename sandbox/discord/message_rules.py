"""What Discord demands of a whole message, apart from who may send it where.

Sources: Discord docs, "Message" and "Component Reference". "Create Message" gives 2000
characters as the limit for bots, although the schema says 4000.
"""

from collections.abc import Iterable

from sandbox.discord.component_rules import LEGACY, MODAL, V2, ComponentRules
from sandbox.discord.composition import Attachment, Composition, referenced
from sandbox.discord.refusals import FormErrors, Refusal, form_error
from sandbox.discord.wire import Json

CONTENT_LENGTH = 2000
MOST_ATTACHMENTS = 10
MOST_EMBEDS = 10
MOST_COMPONENTS = 40
MOST_V2_TEXT = 4000
MOST_ROWS = 5
_EMBED_TEXT = 6000
_EMBED_FIELDS = 25
_EMBED_LENGTHS = {"title": 256, "description": 4096}
_FIELD_LENGTHS = {"name": 256, "value": 1024}
_NONCE_LENGTH = 25
_MENTION_TYPES = frozenset({"users", "roles", "everyone"})
_MOST_MENTIONS = 100
_MODAL_COMPONENTS = (1, 5)
_MODAL_TITLE = (1, 45)
_CUSTOM_ID = (1, 100)


def check_composition(
    composition: Composition, uploaded: Iterable[Attachment] = ()
) -> None:
    """Check what a message would say.

    Args:
        composition: The whole of it, as it would stand there.
        uploaded: The files that come with this very request. In a V2 message each
            of them has to be shown by a component; one that merely stays need not.

    Raises:
        ApiError: 50006 if there would be nothing to see, 30015 for too many files,
            50035 for the rest.
    """
    if composition.is_empty:
        raise Refusal.EMPTY_MESSAGE.error()
    if len(composition.attachments) > MOST_ATTACHMENTS:
        raise Refusal.TOO_MANY_ATTACHMENTS.error()
    errors = FormErrors()
    errors.at_most(("content",), composition.content, CONTENT_LENGTH)
    _check_embeds(composition.embeds, errors)
    names = [one.filename for one in composition.attachments]
    rules = ComponentRules(errors, names)
    if composition.is_v2:
        rules.check(composition.components, ("components",), V2)
        _check_v2(composition, rules, errors)
        _check_shown(composition, uploaded, errors)
    else:
        rules.check(composition.components, ("components",), LEGACY)
        errors.within(("components",), len(composition.components), (0, MOST_ROWS))
    errors.refuse()


def _check_v2(
    composition: Composition, rules: ComponentRules, errors: FormErrors
) -> None:
    code = "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"
    for name in ("content", "embeds"):
        if getattr(composition, name):
            words = f"The '{name}' field cannot be used with IS_COMPONENTS_V2"
            errors.add((name,), code, words)
    if rules.count > MOST_COMPONENTS:
        words = f"The total number of components cannot exceed {MOST_COMPONENTS}"
        errors.add(("components",), "COMPONENT_MAX_TOTAL_COMPONENTS", words)
    if rules.text_length > MOST_V2_TEXT:
        words = f"The total length of text cannot exceed {MOST_V2_TEXT}"
        code = "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED"
        errors.add(("components",), code, words)


def _check_shown(
    composition: Composition, uploaded: Iterable[Attachment], errors: FormErrors
) -> None:
    shown = referenced(composition)
    for file in uploaded:
        if file.reference not in shown:
            words = f"{file.reference} is shown by no component"
            errors.add(("attachments",), "ATTACHMENT_NOT_REFERENCED", words)


def _check_embeds(embeds: tuple[Json, ...], errors: FormErrors) -> None:
    errors.within(("embeds",), len(embeds), (0, MOST_EMBEDS))
    total = 0
    for index, embed in enumerate(embeds):
        for name, most in _EMBED_LENGTHS.items():
            text = str(embed.get(name) or "")
            errors.at_most(("embeds", index, name), text, most)
            total += len(text)
        fields = embed.get("fields") or []
        errors.within(("embeds", index, "fields"), len(fields), (0, _EMBED_FIELDS))
        for position, one in enumerate(fields):
            for name, most in _FIELD_LENGTHS.items():
                text = str(one.get(name) or "")
                where = ("embeds", index, "fields", position, name)
                errors.within(where, len(text), (1, most))
                total += len(text)
        total += len(str((embed.get("footer") or {}).get("text") or ""))
        total += len(str((embed.get("author") or {}).get("name") or ""))
    if total > _EMBED_TEXT:
        words = f"Embed size exceeds maximum size of {_EMBED_TEXT}"
        errors.add(("embeds",), "MAX_EMBED_SIZE_EXCEEDED", words)


def check_request(body: Json) -> None:
    """Check a message's nonce and allowed mentions.

    Raises:
        ApiError: 50035 for a nonce too long or allowances that contradict themselves.
    """
    errors = FormErrors()
    errors.at_most(("nonce",), str(body.get("nonce") or ""), _NONCE_LENGTH)
    if body.get("poll") or body.get("sticker_ids"):
        words = "The stand-in knows neither polls nor stickers"
        errors.add(("poll",), "NOT_IN_THE_STAND_IN", words)
    allowances = body.get("allowed_mentions") or {}
    parse = allowances.get("parse") or []
    for index, what in enumerate(parse):
        if what not in _MENTION_TYPES:
            words = f"Value must be one of {sorted(_MENTION_TYPES)}."
            path = ("allowed_mentions", "parse", index)
            errors.add(path, "BASE_TYPE_CHOICES", words)
    for what in ("users", "roles"):
        named = allowances.get(what) or []
        where = ("allowed_mentions", what)
        errors.within(where, len(named), (0, _MOST_MENTIONS))
        if named and what in parse:
            code = "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE"
            words = f'parse:["{what}"] and {what}: [ids...] are mutually exclusive.'
            errors.add(("allowed_mentions",), code, words)
    errors.refuse()


def check_modal(modal: Json) -> None:
    """Check a modal that shall be opened.

    Raises:
        ApiError: 50035 with everything that is wrong with it.
    """
    errors = FormErrors()
    title = str(modal.get("title") or "")
    custom_id = str(modal.get("custom_id") or "")
    errors.within(("data", "title"), len(title), _MODAL_TITLE)
    errors.within(("data", "custom_id"), len(custom_id), _CUSTOM_ID)
    components = modal.get("components")
    path = ("data", "components")
    ComponentRules(errors, (), in_modal=True).check(components, path, MODAL)
    count = len(components) if isinstance(components, list) else 0
    errors.within(path, count, _MODAL_COMPONENTS)
    errors.refuse()


def check_choices(choices: object) -> None:
    """Check the answer to an autocompletion.

    Raises:
        ApiError: 50035 if there are more than 25, or one is nameless or too long.
    """
    errors = FormErrors()
    path = ("data", "choices")
    offered = choices if isinstance(choices, list) else []
    if not isinstance(choices, list):
        errors.required(path)
    errors.within(path, len(offered), (0, 25))
    for index, choice in enumerate(offered):
        name, value = choice.get("name"), choice.get("value")
        errors.within((*path, index, "name"), len(str(name or "")), (1, 100))
        if isinstance(value, str):
            errors.within((*path, index, "value"), len(value), (1, 100))
    errors.refuse()


def check_deferral(flags: int, allowed: int) -> None:
    """Check the flags of a deferred answer: only EPHEMERAL may be among them.

    Raises:
        ApiError: 50035 if another one is.
    """
    if flags & ~allowed:
        words = "Only EPHEMERAL may be set on a deferred answer."
        raise form_error(("data", "flags"), "BITFIELD_NOT_ALLOWED", words)
