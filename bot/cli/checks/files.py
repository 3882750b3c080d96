"""Whether EvoLink's host of files, which pictures need, takes the key."""

import secrets
from collections.abc import AsyncIterator

from bot.cli.checks.finding import Finding, bad, ended, good
from bot.cli.checks.network import unreached
from bot.config import Evolink
from bot.counting import uncounted
from bot.errors import AccountRefused, EvolinkError, FilesRefused
from bot.evolink.files import EvolinkFiles
from bot.evolink.session import open_session
from bot.ids import FileId
from bot.models.offer import make_offer


async def files_findings(settings: Evolink) -> AsyncIterator[Finding]:
    """Yield whether the host takes the key, where pictures are offered.

    It is asked to delete a file that there cannot be.
    """
    offer = make_offer(settings.offered, picture_id=settings.picture_model)
    if not offer.takes_pictures:
        return
    async with open_session() as session:
        files = EvolinkFiles(
            session,
            files_url=settings.files_url,
            api_key=settings.api_key,
            count=uncounted,
        )
        try:
            await files.delete(FileId(f"clapper-check-{secrets.token_hex(8)}"))
        except AccountRefused as error:
            yield bad(f"EvoLink's host of files refuses the API key: {error}.")
        except FilesRefused:
            # It has heard who asks, and speaks of the file.
            yield _taken()
        except EvolinkError as error:
            reason = unreached(error) or f"cannot be asked: {error}"
            yield bad(f"EvoLink's host of files (evolink.files_url) {ended(reason)}")
        else:
            yield _taken()


def _taken() -> Finding:
    return good("EvoLink's host of files accepts the key.")
