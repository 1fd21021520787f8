"""What happened to each incident."""

from piccolo.columns import BigInt, BigSerial, Integer, Text, Varchar
from piccolo.table import Table

from server.kernel.tables import ID


class Timeline(Table, tablename="timeline"):
    """One entry of an incident's hash chain; the hashes are empty until it is sealed."""

    seq = BigSerial(primary_key=True)
    incident_id = Varchar(length=ID, default=None)
    n = Integer(default=None)
    at = BigInt(default=None)
    actor_kind = Varchar(length=20, default=None)
    actor_id = Varchar(length=ID, null=True, default=None)
    kind = Varchar(length=40, default=None)
    args = Text(default=None)
    prev_hash = Varchar(length=64, default=None)
    hash = Varchar(length=64, default=None)


class Tally(Table, tablename="tally"):
    """What happens to an incident many times a second, counted until it is told."""

    id = Varchar(length=120, primary_key=True, default=None)
    incident_id = Varchar(length=ID, default=None)
    kind = Varchar(length=40, default=None)
    actor_kind = Varchar(length=20, default=None)
    actor_id = Varchar(length=ID, null=True, default=None)
    number = Integer(default=None)
    title = Varchar(length=1024, default=None)
