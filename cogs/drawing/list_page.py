"""A page of a member's own list, which only they see."""

from bot.jobs.jobs import Job
from bot.jobs.states import OPEN_STATES
from bot.requests.listing import Page
from bot.texts.texts import Texts
from cogs.drawing.custom_ids import page_button
from cogs.drawing.layout import (
    MessageView,
    framed,
    paged,
    price_part,
    quoted_prompt,
    settings_line,
    small,
)
from cogs.drawing.markup import member_name, message_link, relative
from cogs.drawing.status import result_link

PROMPT_CHARS = 120


def page_view(texts: Texts, locale: str, page: Page) -> MessageView:
    """Draw a page in the reader's language, with buttons if there are others."""
    shown = page.status or "all"
    title = texts.say(locale, f"list-title-{shown}", page=page.number, pages=page.pages)
    lines = [f"### {title}"]
    lines += [
        _entry(texts, locale, job, with_price=page.with_prices) for job in page.jobs
    ]
    if not page.jobs:
        empty = "list-empty" if page.status is None else f"list-empty-{page.status}"
        lines.append(texts.say(locale, empty))
    return paged(
        lines,
        texts,
        locale,
        page.number,
        page.pages,
        lambda number: page_button(page.status, number),
    )


def price_view(texts: Texts, locale: str, job: Job) -> MessageView:
    """Draw what one video costs, for an admin who asks."""
    member = member_name(texts, locale, job.user_id)
    settings = settings_line(texts, locale, job.request)
    price = price_part(texts, locale, job)
    line = texts.say(locale, "price-of-video", member=member)
    return MessageView(framed([line, small(settings + price)]))


def _entry(texts: Texts, locale: str, job: Job, *, with_price: bool) -> str:
    state = f"**{texts.say(locale, f'state-{job.state}')}**"
    when = relative(job.requested_at)
    link = _link(job)
    head = (
        texts.say(locale, "list-entry", state=state, when=when)
        if link is None
        else texts.say(locale, "list-entry-link", state=state, when=when, link=link)
    )
    prompt = quoted_prompt(job.request, PROMPT_CHARS)
    settings = settings_line(texts, locale, job.request)
    if with_price:
        settings += price_part(texts, locale, job)
    return "\n".join(line for line in (head, prompt, small(settings)) if line)


def _link(job: Job) -> str | None:
    """Where to look: at the result, or while there is none at the status message."""
    if job.state in OPEN_STATES and job.status_message_id is not None:
        return message_link(job.guild_id, job.channel_id, job.status_message_id)
    return result_link(job)
