"""All that there is to see, in the order in which it is shown."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from tests.gallery.groups import (
    admins,
    history,
    home,
    members,
    moderators,
    operator,
    refusals,
    videos,
)
from tests.gallery.scene import Entry, Scene


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Entries under one heading."""

    title: str
    entries: Callable[[Scene], Iterator[Entry]]
    private: bool = False
    """Only one person sees them."""


GROUPS: Mapping[str, Sequence[Section]] = MappingProxyType(
    {
        "videos": (
            Section(title="The status message", entries=videos.status),
            Section(title="The end of the status message", entries=videos.ends),
            Section(title="The clip", entries=videos.clips),
        ),
        "buttons": (Section(title="Buttons", entries=videos.presses, private=True),),
        "notices": (Section(title="No clip", entries=videos.notices),),
        "refusals": (
            Section(title="Not now", entries=refusals.requests, private=True),
            Section(title="Pictures", entries=refusals.pictures, private=True),
            Section(title="Models", entries=refusals.models, private=True),
            Section(title="Limits", entries=refusals.limits, private=True),
            Section(title="Other answers", entries=refusals.others, private=True),
        ),
        "members": (
            Section(title="/videos list", entries=members.lists, private=True),
            Section(title="/usage", entries=members.usage, private=True),
            Section(title="/privacy", entries=members.data, private=True),
        ),
        "home": (
            Section(title="The greeting", entries=home.greeting),
            Section(title="/about", entries=home.about, private=True),
            Section(title="/settings", entries=home.settings, private=True),
            Section(title="/preset", entries=home.presets, private=True),
        ),
        "moderators": (
            Section(title="Spicy requests", entries=moderators.reviews),
            Section(title="Reports", entries=moderators.reports),
            Section(title="Presses on cards", entries=moderators.presses, private=True),
            Section(title="/moderation", entries=moderators.settings, private=True),
            Section(title="Blocked words", entries=moderators.words, private=True),
            Section(title="Blocked members", entries=moderators.blocks, private=True),
            Section(title="Not possible", entries=refusals.moderators, private=True),
        ),
        "history": (
            Section(title="The history", entries=history.history, private=True),
            Section(title="The log channel", entries=history.log_channel),
        ),
        "admins": (
            Section(title="/quota view", entries=admins.views, private=True),
            Section(title="Changed limits", entries=admins.changes, private=True),
            Section(title="Cooldowns", entries=admins.lengths, private=True),
            Section(title="Not possible", entries=refusals.quotas, private=True),
            Section(title="/quota report", entries=admins.reports, private=True),
        ),
        "operator": (
            Section(title="The operator's channel", entries=operator.messages),
        ),
    }
)
"""Each group is one picture in each language."""
