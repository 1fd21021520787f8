"""Places that many read and hear of a schedule's shifts: addresses that belong to the schedule."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial

import msgspec
from msgspec import Struct

from server.channels.base import CHANNELS, Channel, DeliveryFailed
from server.delivery.addresses import NewAddress, forget_addresses, keep_address, known_address
from server.kernel.database import Database, Writes
from server.kernel.effects import Effects
from server.kernel.errors import FieldError, Invalid
from server.kernel.ids import new_id
from server.kernel.secrets import Secrets
from shared.domain.flaws import Flaw, flaw
from shared.wire.schedules import GroupAddress


class Ways(Struct, frozen=True):
    """The channels that are configured, what seals an address, and which were proven by this request."""

    channels: Mapping[str, Channel]
    secrets: Secrets
    effects: Effects = msgspec.field(default_factory=Effects)


def group_flaws(groups: tuple[GroupAddress, ...], before: tuple[GroupAddress, ...]) -> list[Flaw]:
    """New ones need an address that their channel takes; those with an id must be the schedule's own."""
    known = {group.id for group in before}
    flaws: list[Flaw] = []
    for n, group in enumerate(groups):
        at = f"notices.groups[{n}]"
        if any(_is_same(group, other) for other in groups[:n]):
            flaws.append(flaw(at, "repeated", "this group is named already"))
        elif group.id is not None:
            if group.id not in known:
                flaws.append(flaw(f"{at}.id", "unknown", "the schedule has no such group"))
        elif group.address is None:
            flaws.append(flaw(f"{at}.address", "required", "is required"))
        elif group.channel not in CHANNELS:
            flaws.append(flaw(f"{at}.channel", "unknown", "there is no such channel", channel=group.channel))
        else:
            flaws += _typed(at, group.channel, group.address)
    return flaws


def _is_same(one: GroupAddress, other: GroupAddress) -> bool:
    if one.id is not None or other.id is not None:
        return one.id == other.id
    return one.channel == other.channel and (one.address or "").lower() == (other.address or "").lower()


def _typed(at: str, channel: str, address: str) -> list[Flaw]:
    try:
        if CHANNELS[channel].group_address(address) is None:
            return [flaw(f"{at}.channel", "no_groups", "this channel reaches single people only", channel=channel)]
    except ValueError:
        return [flaw(f"{at}.address", "bad_address", "is not an address of this channel")]
    return []


async def keep_groups(
    db: Database,
    writes: Writes,
    owner_id: str,
    groups: tuple[GroupAddress, ...],
    before: tuple[GroupAddress, ...],
    ways: Ways,
    *,
    now: datetime,
) -> tuple[GroupAddress, ...]:
    """The groups as they are stored, without their addresses, which are sealed; those left out are forgotten.

    Raises Invalid when a webhook does not answer a signed challenge.
    """
    kept: list[GroupAddress] = []
    labels = {group.id: group for group in before}
    for n, group in enumerate(groups):
        if group.id is not None:
            was = labels[group.id]
            kept.append(msgspec.structs.replace(was, name=group.name))
            continue
        kept.append(await _keep(db, writes, owner_id, group, ways, f"notices.groups[{n}].address", now))
    left = {each.id for each in kept}
    gone = tuple(group.id for group in before if group.id is not None and group.id not in left)
    if gone:
        forget_addresses(writes, owner_id, gone)
    return tuple(kept)


async def _keep(
    db: Database, writes: Writes, owner_id: str, group: GroupAddress, ways: Ways, field: str, now: datetime
) -> GroupAddress:
    member, text = CHANNELS[group.channel], group.address or ""
    value = member.group_address(text)
    assert value is not None  # checked before
    channel = ways.channels.get(group.channel)
    if channel is not None:
        try:
            await ways.effects.once((group.channel, text), partial(channel.prove, value, new_id(now)))
        except DeliveryFailed as failure:
            message = "did not answer the signed challenge with 2xx"
            raise Invalid([FieldError(field, failure.reason, message)]) from failure
    new = NewAddress(user_id=owner_id, name=group.name, identity=text, value=value)
    known = await known_address(db, member, new, ways.secrets)
    row = keep_address(writes, member, new, known=known, is_proven=True, secrets=ways.secrets, now=now)
    return GroupAddress(id=row.id, channel=row.channel, name=group.name, label=row.label)
