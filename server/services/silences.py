"""The end of a silence, which lets through what still fires."""

from datetime import datetime

from server.accounts.actors import Actor
from server.kernel.database import Database, Writes
from server.kernel.due import arm
from server.services.change import SILENCE_OWNER, owned
from server.services.directory import touch_configuration

ENDED = "silence.ended"


def arm_end(writes: Writes, silence_id: str, *, at: datetime, now: datetime) -> None:
    """At its end somebody looks whether what it covered still fires."""
    arm(writes, ENDED, silence_id, at=at, now=now)


def look_now(writes: Writes, silence_id: str, *, now: datetime) -> None:
    """It was changed: somebody looks now at what it has covered, and again at its end."""
    arm(writes, ENDED, silence_id, at=now, now=now)


async def end_silence(db: Database, actor: Actor, id: str, *, rev: int, now: datetime) -> Writes:
    """End it now; it is kept, so that the past stays explained."""
    await owned(db, actor, SILENCE_OWNER, id, rev)
    writes = Writes().sql(
        "UPDATE silence SET ends_at = CASE WHEN ends_at < :now THEN ends_at ELSE :now END, rev = rev + 1"
        " WHERE id = :id AND rev = :rev",
        expect=1,
        now=now,
        id=id,
        rev=rev,
    )
    touch_configuration(writes)
    look_now(writes, id, now=now)
    return writes
