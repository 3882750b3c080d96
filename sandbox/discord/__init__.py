"""A stand-in for Discord: its REST API, gateway and file server on one port.

`DiscordSandbox` is the door. It behaves like the real service also where that is
inconvenient. What people do and see comes back as the records named here.
"""

from sandbox.discord.config import SandboxConfig
from sandbox.discord.faults import Fault, Trouble
from sandbox.discord.feed import Change, ChangeKind
from sandbox.discord.handle import ApplicationDidNotRespond, Handle, Response
from sandbox.discord.interactions import Modal, ResponseKind
from sandbox.discord.invocation import ClientRefused, File
from sandbox.discord.messages import Message
from sandbox.discord.permissions import Permission
from sandbox.discord.rate_limits import Quota, RateLimits
from sandbox.discord.records import Channel, ChannelKind, Guild, NsfwLevel, Role, User
from sandbox.discord.server import DiscordSandbox
from sandbox.discord.standard_world import StandardWorld, standard_world

__all__ = [
    "ApplicationDidNotRespond",
    "Change",
    "ChangeKind",
    "Channel",
    "ChannelKind",
    "ClientRefused",
    "DiscordSandbox",
    "Fault",
    "File",
    "Guild",
    "Handle",
    "Message",
    "Modal",
    "NsfwLevel",
    "Permission",
    "Quota",
    "RateLimits",
    "Response",
    "ResponseKind",
    "Role",
    "SandboxConfig",
    "StandardWorld",
    "Trouble",
    "User",
    "standard_world",
]
