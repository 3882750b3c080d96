"""Discord in, use case called, Discord out. Nothing here knows of SQL or EvoLink."""
