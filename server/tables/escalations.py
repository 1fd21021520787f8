"""Policies, and the runs that follow a snapshot of one."""

from piccolo.columns import BigInt, Integer, Text, Varchar
from piccolo.table import Table

from server.kernel.tables import ID


class EscalationPolicy(Table, tablename="escalation_policy"):
    """Whom to page, level after level, until somebody answers."""

    id = Varchar(length=ID, primary_key=True, default=None)
    name = Varchar(length=120, default=None)
    team_id = Varchar(length=ID, default=None)
    levels = Text(default=None)
    rounds = Integer(default=None)
    created_at = BigInt(default=None)
    archived_at = BigInt(null=True, default=None)
    rev = BigInt(default=None)


class PolicyTarget(Table, tablename="policy_target"):
    """Whom and what the levels of a policy name: people, teams, schedules, roles on call."""

    id = Varchar(length=2 * ID + 1, primary_key=True, default=None)
    policy_id = Varchar(length=ID, default=None)
    target_id = Varchar(length=ID, default=None)


class EscalationRun(Table, tablename="escalation_run"):
    """One cycle of one incident through its snapshot.

    `levels_at`: nobody of the list could be reached; its levels go on then, and what is due before is the fallback's.
    """

    id = Varchar(length=ID, primary_key=True, default=None)
    incident_id = Varchar(length=ID, default=None)
    cycle = Integer(default=None)
    policy_id = Varchar(length=ID, null=True, default=None)
    policy_json = Text(default=None)
    state = Varchar(length=20, default=None)
    step = Integer(default=None)
    position = Integer(default=None)
    next_at = BigInt(null=True, default=None)
    levels_at = BigInt(null=True, default=None)
    rev = BigInt(default=None)


class EscalationStep(Table, tablename="escalation_step"):
    """A step that was taken: which level, when, whom it meant."""

    id = Varchar(length=ID, primary_key=True, default=None)
    incident_id = Varchar(length=ID, default=None)
    cycle = Integer(default=None)
    step = Integer(default=None)
    level = Integer(default=None)
    round = Integer(default=None)
    at = BigInt(default=None)
    outcome = Varchar(length=20, default=None)
    reason = Varchar(length=80, null=True, default=None)
    targets = Text(default=None)
