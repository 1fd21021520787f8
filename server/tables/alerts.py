"""Normalised alerts."""

from piccolo.columns import BigInt, BigSerial, Boolean, Integer, Text, Varchar
from piccolo.table import Table

from server.kernel.tables import ID


class Alert(Table, tablename="alert"):
    """One problem by the key its source gave it; open until it recovers.

    `words` is what it is found by, indexed by the database's own full text search. `content` is a digest of what it
    says, `changes` what it says otherwise than before. `acked_at`: its source says that somebody is at it.
    `closed_with_incident`: somebody resolved its incident; `recovered_at`: its source said so too, afterwards.
    """

    seq = BigSerial(primary_key=True)
    id = Varchar(length=ID, default=None)
    integration_id = Varchar(length=ID, default=None)
    key_hash = Varchar(length=64, default=None)
    dedup_key = Varchar(length=255, default=None)
    service_id = Varchar(length=ID, default=None)
    incident_id = Varchar(length=ID, null=True, default=None)
    severity = Varchar(length=10, default=None)
    title = Varchar(length=1024, default=None)
    description = Text(default=None)
    check_name = Varchar(length=255, default=None)
    source = Varchar(length=255, default=None)
    labels = Text(default=None)
    links = Text(default=None)
    details = Text(default=None)
    count = Integer(default=None)  # pyright: ignore[reportAssignmentType] hides Table.count, unused
    received_at = BigInt(default=None)
    starts_at = BigInt(default=None)
    last_at = BigInt(default=None)
    closed_at = BigInt(null=True, default=None)
    silenced_by = Varchar(length=ID, null=True, default=None)
    dropped_by = Varchar(length=ID, null=True, default=None)
    rule_ids = Text(default=None)
    words = Text(default=None)
    first_event_id = Varchar(length=ID, default=None)
    last_event_id = Varchar(length=ID, default=None)
    content = Varchar(length=24, default="")
    changes = Text(default="[]")
    acked_at = BigInt(null=True, default=None)
    closed_with_incident = Boolean(default=False)
    recovered_at = BigInt(null=True, default=None)
    rev = BigInt(default=None)
