"""Schedules and their overrides."""

from piccolo.columns import BigInt, Text, Varchar
from piccolo.table import Table

from server.kernel.tables import ID


class Schedule(Table, tablename="schedule"):
    """Who is on call: layers as `shared.domain.schedules` reads them."""

    id = Varchar(length=ID, primary_key=True, default=None)
    name = Varchar(length=40, default=None)
    description = Varchar(length=500, default=None)
    team_id = Varchar(length=ID, default=None)
    time_zone = Varchar(length=64, default=None)
    overlap = Varchar(length=20, default=None)
    layers = Text(default=None)
    created_at = BigInt(default=None)
    archived_at = BigInt(null=True, default=None)
    rev = BigInt(default=None)


class Override(Table, tablename="override"):
    """Somebody else for a while; kept for ever."""

    id = Varchar(length=ID, primary_key=True, default=None)
    schedule_id = Varchar(length=ID, default=None)
    user_id = Varchar(length=ID, default=None)
    scope = Text(default=None)
    start_at = BigInt(default=None)
    end_at = BigInt(default=None)
    reason = Varchar(length=500, default=None)
    created_at = BigInt(default=None)
    created_by = Varchar(length=ID, default=None)
    cancelled_at = BigInt(null=True, default=None)
