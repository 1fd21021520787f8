"""Messages that nothing keeps: their words let somebody in, so they are handed over as soon as they are made."""

from collections.abc import Mapping

import msgspec

from server.channels.base import Channel, Message


async def send_unkept(channels: Mapping[str, Channel], slug: str, to: Mapping[str, str], message: Message) -> None:
    """To the address with these fields; nothing without the channel. Raises DeliveryFailed."""
    if (channel := channels.get(slug)) is not None:
        await channel.send(message, msgspec.convert(to, channel.Address))
