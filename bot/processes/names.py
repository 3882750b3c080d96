"""What this process is called, for people."""

import os
import socket


def process_name() -> str:
    """Return the name of this process: its process id, and the machine's name."""
    return f"{os.getpid()} on {socket.gethostname()}"
