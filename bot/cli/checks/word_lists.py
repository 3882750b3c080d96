"""Whether the operator's word lists can be used, and how much they hold."""

from collections.abc import Iterator

from bot.cli.checks.finding import Finding, good, misconfigured, note
from bot.config import Moderation
from bot.errors import ConfigInvalid
from bot.moderation.prompt_rules.lists import read_list
from bot.moderation.records import Applies
from bot.plain_numbers import plural


def word_list_findings(settings: Moderation) -> Iterator[Finding]:
    """Yield one finding for each list that is set, or one for each line at fault."""
    for path, applies in (
        (settings.words_file, Applies.ALWAYS),
        (settings.spicy_words_file, Applies.SPICY),
    ):
        if path is None:
            continue
        try:
            rules = read_list(path, applies)
        except ConfigInvalid as error:
            yield from map(misconfigured, error.faults)
            continue
        if rules:
            yield good(f"The word list {path} has {plural(len(rules), 'rule')}.")
        else:
            yield note(f"The word list {path} has no rule.")
