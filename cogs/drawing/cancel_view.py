"""The answer to Cancel: how it went, or a question where the video would count."""

from bot.requests.cancelling import Cancellation
from bot.servers.people import Actor
from bot.texts.texts import Texts
from cogs.drawing.custom_ids import Act, MessageKind
from cogs.drawing.layout import MessageView, framed, job_buttons, sentence_view
from cogs.drawing.markup import mention


def cancel_view(
    texts: Texts, locale: str, cancellation: Cancellation, actor: Actor
) -> MessageView:
    """Draw the answer to Cancel, for the member who pressed it."""
    job = cancellation.job
    if cancellation.done and cancellation.free:
        return sentence_view(texts.say(locale, "cancelled-free"))
    text_id = "cancelled-counts" if cancellation.done else "cancel-question"
    if job.user_id == actor.user_id:
        sentence = texts.say(locale, text_id)
    else:
        sentence = texts.say(locale, f"{text_id}-of", member=mention(job.user_id))
    if cancellation.done:
        return sentence_view(sentence)
    acts = (Act.CANCEL_CONFIRMED, Act.KEEP)
    buttons = job_buttons(texts, locale, job.id, MessageKind.STATUS, *acts)
    return MessageView(framed([sentence], buttons))
