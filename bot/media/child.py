"""The child process that decodes media files: `python -m bot.media.child`.

Its exit status is all that it says: FFmpeg's own messages may hold anything. It ends
when its standard input does, and so with the bot.
"""

import os
import resource
import sys
import threading
from contextlib import suppress
from pathlib import Path

import av.error
import av.logging

from bot.media.last_frame import write_last_frame
from bot.media.outcome import Outcome
from bot.media.reading import NoVideo
from bot.media.reduce import write_reduced
from bot.media.shrink import WouldLookBad, shrink

MEMORY_BYTES = 2 * 1024**3
"""Of address space, most of which is never used."""
NICE = 10
"""Lower than the bot's: it has to answer within three seconds meanwhile."""


def main(arguments: list[str]) -> Outcome:
    """Do one thing: `shrink CLIP INTO MAX_BYTES`, `last-frame …` or `reduce …`."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(NICE)
    # Where the machine's memory runs out, this process goes, and not the bot.
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    threading.Thread(target=_end_with_parent, daemon=True).start()
    av.logging.set_level(None)
    task, file, into, *rest = arguments
    try:
        match task:
            case "shrink":
                shrink(Path(file), Path(into), int(rest[0]))
            case "last-frame":
                write_last_frame(Path(file), Path(into))
            case _:
                write_reduced(Path(file), Path(into))
    except WouldLookBad:
        return Outcome.WOULD_LOOK_BAD
    except NoVideo:
        return Outcome.NO_VIDEO
    except MemoryError:
        return Outcome.NO_MEMORY
    except (av.error.FFmpegError, OSError, ValueError):
        return Outcome.UNREADABLE
    return Outcome.DONE


def _end_with_parent() -> None:
    """Wait until the other end of standard input is closed, and end at once."""
    while os.read(sys.stdin.fileno(), 1):
        pass
    os._exit(1)


if __name__ == "__main__":
    # Not `sys.exit`: a thread waits, and there is nothing to tidy up.
    os._exit(main(sys.argv[1:]))
