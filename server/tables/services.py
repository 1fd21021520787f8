"""Services, the integrations that bring their alerts, and the rules on the way."""

from piccolo.columns import BigInt, Boolean, Integer, Text, Varchar
from piccolo.table import Table

from server.kernel.tables import ID


class Service(Table, tablename="service"):
    """What alerts are about; owned by a team, paged by a policy."""

    id = Varchar(length=ID, primary_key=True, default=None)
    name = Varchar(length=120, default=None)
    description = Text(default=None)
    team_id = Varchar(length=ID, default=None)
    policy_id = Varchar(length=ID, null=True, default=None)
    grouping = Text(default=None)
    runbook_url = Text(default=None)
    created_at = BigInt(default=None)
    archived_at = BigInt(null=True, default=None)
    rev = BigInt(default=None)


class Integration(Table, tablename="integration"):
    """A way in: its key is found by digest and shown by decryption."""

    id = Varchar(length=ID, primary_key=True, default=None)
    name = Varchar(length=120, default=None)
    source = Varchar(length=40, default=None)
    service_id = Varchar(length=ID, null=True, default=None)
    config_enc = Text(default=None)
    key_hmac = Varchar(length=64, default=None)
    key_enc = Text(default=None)
    created_at = BigInt(default=None)
    archived_at = BigInt(null=True, default=None)
    rev = BigInt(default=None)


class IntegrationHealth(Table, tablename="integration_health"):
    """What was refused of an integration lately, and whether the administrators know."""

    integration_id = Varchar(length=ID, primary_key=True, default=None)
    refused = BigInt(default=None)
    since_at = BigInt(null=True, default=None)
    last_at = BigInt(null=True, default=None)
    reasons = Text(default=None)
    told_at = BigInt(null=True, default=None)
    reused = BigInt(default=None)
    rev = BigInt(default=None)


class ServiceChange(Table, tablename="service_change"):
    """What was done to a service, as its tools reported it."""

    id = Varchar(length=ID, primary_key=True, default=None)
    service_id = Varchar(length=ID, default=None)
    integration_id = Varchar(length=ID, default=None)
    summary = Varchar(length=1024, default=None)
    source = Varchar(length=255, default=None)
    details = Text(default=None)
    links = Text(default=None)
    happened_at = BigInt(default=None)
    received_at = BigInt(default=None)


class Rule(Table, tablename="rule"):
    """What an integration's alerts pass: enrich, rewrite or drop, in order."""

    id = Varchar(length=ID, primary_key=True, default=None)
    integration_id = Varchar(length=ID, default=None)
    stage = Varchar(length=20, default=None)
    position = Integer(default=None)
    name = Varchar(length=120, default=None)
    conditions = Text(default=None)
    effect = Text(default=None)
    is_enabled = Boolean(default=None)
    created_at = BigInt(default=None)
    rev = BigInt(default=None)


class Silence(Table, tablename="silence"):
    """Alerts that match are kept and page nobody between two instants."""

    id = Varchar(length=ID, primary_key=True, default=None)
    team_id = Varchar(length=ID, default=None)
    service_id = Varchar(length=ID, null=True, default=None)
    comment = Varchar(length=500, default=None)
    conditions = Text(default=None)
    starts_at = BigInt(default=None)
    ends_at = BigInt(default=None)
    created_by = Varchar(length=ID, default=None)
    created_at = BigInt(default=None)
    rev = BigInt(default=None)
