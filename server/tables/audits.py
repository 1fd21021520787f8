"""Who changed what."""

from piccolo.columns import BigInt, BigSerial, Text, Varchar
from piccolo.table import Table

from server.kernel.tables import ID


class Audit(Table, tablename="audit"):
    """One change by somebody who was let in; `team_id` null means that only administrators read it.

    `place` and `link` are given when it is chained.
    """

    seq = BigSerial(primary_key=True)
    id = Varchar(length=ID, default=None)
    at = BigInt(default=None)
    actor_kind = Varchar(length=20, default=None)
    actor_id = Varchar(length=ID, null=True, default=None)
    actor_name = Varchar(length=200, default=None)
    verb = Varchar(length=40, default=None)
    object_kind = Varchar(length=40, default=None)
    object_id = Varchar(length=ID, default=None)
    object_name = Varchar(length=300, default=None)
    team_id = Varchar(length=ID, null=True, default=None)
    differences = Text(default=None)
    place = BigInt(null=True, default=None)
    link = Varchar(length=64, null=True, default=None)


class Chain(Table, tablename="chain"):
    """How long a chain is, and the link that it ends with."""

    name = Varchar(length=20, primary_key=True, default=None)
    length = BigInt(default=None)
    link = Varchar(length=64, default=None)
