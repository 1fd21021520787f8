"""Incidents."""

from piccolo.columns import BigInt, Boolean, Integer, Text, Varchar
from piccolo.table import Table

from server.kernel.tables import ID


class Incident(Table, tablename="incident"):
    """Alerts that are one problem, and who has it.

    `rev` counts every change, `decided` is the one that the last decision made. `timeline_n` is the last entry's place,
    `timeline_hash` the hash of entry `sealed_n`. `silenced_until`: silences cover all that is open; `pages_anyway`: not
    for whoever wanted others to be paged.
    """

    id = Varchar(length=ID, primary_key=True, default=None)
    number = BigInt(default=None)
    service_id = Varchar(length=ID, null=True, default=None)
    team_id = Varchar(length=ID, default=None)
    integration_id = Varchar(length=ID, null=True, default=None)
    opened_by = Varchar(length=ID, null=True, default=None)
    title = Varchar(length=1024, default=None)
    description = Text(null=True, default=None)
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
    snoozed_until = BigInt(null=True, default=None)
    silenced_until = BigInt(null=True, default=None)
    pages_anyway = Boolean(default=False)
    merged_into = Varchar(length=ID, null=True, default=None)
    resolved_at = BigInt(null=True, default=None)
    resolved_by = Varchar(length=ID, null=True, default=None)
    impact = Text(null=True, default=None)
    root_cause = Text(null=True, default=None)
    method = Text(null=True, default=None)
    lessons = Text(null=True, default=None)
    undo = Text(null=True, default=None)
    timeline_n = Integer(default=None)
    timeline_hash = Varchar(length=64, default=None)
    rev = BigInt(default=None)
    decided = BigInt(default=0)
    sealed_n = Integer(default=0)


class Responder(Table, tablename="incident_responder"):
    """Somebody called in beside the run; `step` of the page once it is planned, `answered_at` once they took part."""

    id = Varchar(length=ID, primary_key=True, default=None)
    incident_id = Varchar(length=ID, default=None)
    user_id = Varchar(length=ID, default=None)
    asked_by = Varchar(length=ID, default=None)
    asked_at = BigInt(default=None)
    step = Integer(null=True, default=None)
    answered_at = BigInt(null=True, default=None)


class Follower(Table, tablename="incident_follower"):
    """Somebody who is told what becomes of the incident."""

    id = Varchar(length=ID, primary_key=True, default=None)
    incident_id = Varchar(length=ID, default=None)
    user_id = Varchar(length=ID, default=None)
    since_at = BigInt(default=None)


class SavedFilter(Table, tablename="saved_filter"):
    """One person's named narrowing of the list."""

    id = Varchar(length=ID, primary_key=True, default=None)
    user_id = Varchar(length=ID, default=None)
    name = Varchar(length=80, default=None)
    query = Text(default=None)
    position = Integer(default=None)
    is_default = Boolean(default=None)
    created_at = BigInt(default=None)
    rev = BigInt(default=None)
