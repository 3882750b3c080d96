"""`clapper demo`: the real bot between stand-ins for Discord and EvoLink."""
