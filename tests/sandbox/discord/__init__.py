"""The stand-in for Discord, asked as a client would ask it."""
