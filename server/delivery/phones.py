"""Phones: push addresses that know their installation and their session, and end with either."""

from datetime import datetime
from typing import Any

from msgspec import Struct

from server.channels.base import Channel
from server.delivery.addresses import sealed
from server.kernel.database import Database, Writes
from server.kernel.ids import new_id
from server.kernel.secrets import Secrets
from server.tables.deliveries import Address

SLUG = "push"


class NewPhone(Struct, frozen=True, kw_only=True):
    """A phone to keep: `token` is what the provider knows it by, `device` what it says of itself."""

    user_id: str
    installation_id: str | None
    session_id: str
    name: str
    token: str
    value: Struct
    device: Struct


class Registered(Struct, frozen=True, kw_only=True):
    """A phone under the same installation or token: the person's own, or somebody else's."""

    id: str
    user_id: str
    name: str
    session_id: str | None
    installation_id: str | None
    dead_at: datetime | None


async def same_phones(db: Database, new: NewPhone, secrets: Secrets) -> list[Registered]:
    """Everything that is registered with this installation or this token, by whomever."""
    return await db.rows(
        Registered,
        "SELECT <fields> FROM address WHERE channel = :push AND (value_hmac = :hmac OR installation_id = :installation)"
        " ORDER BY id",
        push=SLUG,
        installation=new.installation_id,
        hmac=secrets.lookup(new.token),
    )


def own_phone(new: NewPhone, same: list[Registered]) -> str | None:
    """The id under which the person has this installation already, or else this token."""
    mine = [each for each in same if each.user_id == new.user_id]
    by_installation = [each for each in mine if each.installation_id and each.installation_id == new.installation_id]
    return next((each.id for each in (*by_installation, *mine)), None)


def keep_phone(
    writes: Writes,
    channel: type[Channel],
    new: NewPhone,
    *,
    known: str | None,
    over: tuple[str, ...],
    secrets: Secrets,
    now: datetime,
) -> str:
    """Add the phone, or take it as registered again; those that are `over` are removed."""
    id, hmac = known or new_id(now), secrets.lookup(new.token)
    writes.sql("DELETE FROM address WHERE channel = :push AND id IN :over", push=SLUG, over=over)
    values: dict[str, Any] = {
        "name": new.name,
        "label": channel.label(new.value) or new.name,
        "value_enc": sealed(new.value, id, secrets),
        "value_hmac": hmac,
        "route": channel.route_of(new.value),
        "created_at": now,
        "verified_at": now,
        "dead_at": None,
        "dead_reason": None,
        "installation_id": new.installation_id,
        "session_id": new.session_id,
        "device": new.device,
    }
    if known is None:
        writes.insert(Address, id=id, user_id=new.user_id, channel=SLUG, **values)
    else:
        writes.update(Address, {"id": id, "user_id": new.user_id}, **values)
    return id


def bury_signed_out(
    writes: Writes, *, now: datetime, session_id: str | None = None, user_id: str = "", but: str = ""
) -> None:
    """The phones of a session, or of all but one of a person's, ring no more until they register again."""
    whose = "session_id = :session" if session_id is not None else "user_id = :user AND session_id <> :but"
    args: dict[str, Any] = {"session": session_id} if session_id is not None else {"user": user_id, "but": but}
    writes.sql(
        f"UPDATE address SET dead_at = :now, dead_reason = 'signed_out' WHERE {whose} AND dead_at IS NULL",  # noqa: S608 (constants)
        now=now,
        **args,
    )


def bury_deactivated(writes: Writes, user_id: str, *, now: datetime) -> None:
    """No phone of this person rings any more, and what is on its way to them is taken back."""
    writes.sql(
        "UPDATE address SET dead_at = :now, dead_reason = 'deactivated'"
        " WHERE user_id = :user AND channel = :push AND dead_at IS NULL",
        user=user_id,
        push=SLUG,
        now=now,
    )
    writes.sql(
        "UPDATE delivery SET state = 'cancelled', cancelled_at = :now WHERE state = 'queued'"
        " AND address_id IN (SELECT id FROM address WHERE user_id = :user)",
        user=user_id,
        now=now,
    )
