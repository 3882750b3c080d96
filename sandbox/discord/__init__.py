"""A stand-in for Discord: its REST API, gateway and file server on one port.

`sandbox.discord.server.DiscordSandbox` is the door. It behaves like the real
service also where that is inconvenient.
"""
