"""Push notifications to phones."""

from server.channels.push.channel import Push

__all__ = ["Push"]
