"""Events as received, and the lanes that work through them."""

from piccolo.columns import BigInt, BigSerial, Bytea, Integer, SmallInt, Text, Varchar
from piccolo.table import Table

from server.kernel.tables import ID


class Event(Table, tablename="event"):
    """One request as it came; `done` counts its alerts already worked through, `size` the bytes of `body` unpacked.

    `result` is what the outcome comes to, null while the event waits.

    `ahead` lists the keys' hashes of those that went ahead of their turn.
    """

    seq = BigSerial(primary_key=True)
    id = Varchar(length=ID, default=None)
    lane = SmallInt(default=None)
    integration_id = Varchar(length=ID, default=None)
    received_at = BigInt(default=None)
    idem_key = Varchar(length=255, null=True, default=None)
    headers = Text(default=None)
    body = Bytea(default=None)
    size = BigInt(default=0)
    done = Integer(default=None)
    parsed_at = BigInt(null=True, default=None)
    result = Varchar(length=10, null=True, default=None)
    outcome = Text(null=True, default=None)
    ahead = Text(null=True, default=None)


class Lane(Table, tablename="lane"):
    """One of the queues of unparsed events; whoever leases it works through it alone."""

    lane = SmallInt(primary_key=True, default=None)
    leased_until = BigInt(default=None)
    fence = BigInt(default=None)
