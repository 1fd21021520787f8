"""Incidents."""

from piccolo.columns import BigInt, Boolean, Integer, Text, Varchar
from piccolo.table import Table

from server.kernel.tables import ID


class Incident(Table, tablename="incident"):
    """Alerts that are one problem, and who has it."""

    id = Varchar(length=ID, primary_key=True, default=None)
    number = BigInt(default=None)
    service_id = Varchar(length=ID, default=None)
    team_id = Varchar(length=ID, default=None)
    integration_id = Varchar(length=ID, null=True, default=None)
    title = Varchar(length=1024, default=None)
    group_key = Varchar(length=255, default=None)
    group_open = Boolean(default=None)
    state = Varchar(length=20, default=None)
    severity = Varchar(length=10, default=None)
    severity_pinned = Boolean(default=None)
    cycle = Integer(default=None)
    alert_count = Integer(default=None)
    open_alert_count = Integer(default=None)
    triggered_at = BigInt(default=None)
    acknowledged_at = BigInt(null=True, default=None)
    acknowledged_by = Varchar(length=ID, null=True, default=None)
    resolved_at = BigInt(null=True, default=None)
    resolved_by = Varchar(length=ID, null=True, default=None)
    resolution = Text(null=True, default=None)
    undo = Text(null=True, default=None)
    timeline_n = Integer(default=None)
    timeline_hash = Varchar(length=64, default=None)
    rev = BigInt(default=None)
