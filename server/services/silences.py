"""The end of a silence, which lets through what still fires."""

from datetime import datetime

from server.accounts.actors import Actor
from server.kernel.database import Database, Writes
from server.kernel.due import arm
from server.services.change import SILENCE_OWNER, owned
from server.services.directory import touch_configuration
from server.tables.services import Silence

ENDED = "silence.ended"


def arm_end(writes: Writes, silence_id: str, *, at: datetime, now: datetime) -> None:
    """At its end somebody looks whether what it covered still fires."""
    arm(writes, ENDED, silence_id, at=at, now=now)


async def end_silence(db: Database, actor: Actor, id: str, *, rev: int, now: datetime) -> Writes:
    """End it now; it is kept, so that the past stays explained."""
    await owned(db, actor, SILENCE_OWNER, id, rev)
    writes = Writes().update(Silence, {"id": id, "rev": rev}, ends_at=now, rev=rev + 1)
    touch_configuration(writes)
    arm_end(writes, id, at=now, now=now)
    return writes
