"""`python -m bot` is the same program as `clapper`."""

from bot.cli import main

if __name__ == "__main__":
    main(prog_name="python -m bot")
