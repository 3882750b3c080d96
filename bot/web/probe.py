"""`python -m bot.web.probe`: exits 0 if the running Clapper is well, else 1.

For containers, whose images hold neither curl nor wget.
"""

import os
import sys
import urllib.error
import urllib.request

from bot.config import load
from bot.config.addresses import listen_address
from bot.errors import ConfigInvalid

TIMEOUT_S = 5.0
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - read, not bound


def main() -> int:
    """Return 0 if /healthz says so, or if there is no such endpoint by choice."""
    try:
        listen = load(None, os.environ).http.listen
    except ConfigInvalid as error:
        sys.stderr.write(f"{error}\n")
        return 1
    if not listen:
        return 0
    host, port = listen_address(listen)
    host = _EVERYWHERE.get(host, host)
    url = f"http://{f'[{host}]' if ':' in host else host}:{port}/healthz"
    # Health is asked of this machine: a proxy of the environment has no say in it.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=TIMEOUT_S) as answer:
            sys.stdout.write(answer.read().decode())
    except urllib.error.HTTPError as error:
        sys.stdout.write(error.read().decode())
        return 1
    except OSError as error:
        sys.stderr.write(f"{url} does not answer: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
