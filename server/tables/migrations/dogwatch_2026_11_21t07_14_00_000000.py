"""Indexes, the uniqueness that decisions rely on, and the rows that are always there."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from server.kernel.tables import Counter

ID = "2026-11-21T07:14:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "create indexes and fixed rows"

UNIQUE = (
    "due (kind, ref)",
    "idempotency (actor, key)",
    "user_account (email)",
    "team (name) WHERE archived_at IS NULL",
    "membership (user_id, team_id)",
    "permission_set (name)",
    "permission_grant (user_id, role_id, scope_kind, scope_id)",
    "invitation (email) WHERE accepted_at IS NULL AND withdrawn_at IS NULL",
    "session (access_hash)",
    "session (family_hash)",
    "recovery_code (user_id, code_hash)",
    "api_key (key_hash)",
    "pairing_code (code_hash)",
    "service (name) WHERE archived_at IS NULL",
    "integration (key_hmac)",
    "event (id)",
    "event (integration_id, idem_key)",
    "alert (id)",
    "alert (integration_id, key_hash) WHERE closed_at IS NULL",
    "incident (number)",
    "incident (service_id, group_key) WHERE group_open",
    "incident_responder (incident_id, user_id)",
    "incident_follower (incident_id, user_id)",
    "saved_filter (user_id, name)",
    "timeline (incident_id, n)",
    "escalation_policy (name) WHERE archived_at IS NULL",
    "escalation_run (incident_id, cycle)",
    "escalation_step (incident_id, cycle, step)",
    "notification (incident_id, cycle, step, user_id, address_id, turn)",
    "schedule (name) WHERE archived_at IS NULL",
    "address (user_id, channel, value_hmac)",
    "address (value_hmac) WHERE channel = 'push'",
    "on_call_role (name)",
    "planned_turn (schedule_id, layer_id, turn)",
    "shift_notice (schedule_id, kind, about_at, user_id)",
    "time_off (calendar_id, uid, start_at) WHERE calendar_id IS NOT NULL AND cancelled_at IS NULL",
    "calendar_feed (kind, owner_id)",
    "service_calendar (name) WHERE archived_at IS NULL",
    "coverage_warning (service_id, severity, level, hole_at)",
    "audit (id)",
)
PLAIN = (
    "due (priority, due_at) WHERE parked_at IS NULL",
    "due (parked_at) WHERE parked_at IS NOT NULL",
    "idempotency (created_at)",
    "membership (team_id)",
    "session (user_id)",
    "password_reset (user_id)",
    "password_reset (expires_at)",
    "api_key (made_by)",
    "pairing_code (expires_at)",
    "permission_grant (role_id)",
    "address (session_id)",
    "service (team_id)",
    "integration (service_id)",
    "rule (integration_id, stage, position)",
    "silence (ends_at)",
    "event (lane, seq) WHERE parsed_at IS NULL",
    "event (integration_id, seq)",
    "event (received_at)",
    "alert (incident_id, starts_at)",
    "alert (first_event_id)",
    "alert (received_at)",
    "alert (service_id, seq)",
    "alert (integration_id, seq)",
    "alert (severity, seq)",
    "alert (silenced_by) WHERE silenced_by IS NOT NULL",
    "incident (state, triggered_at)",
    "incident (team_id, triggered_at)",
    "incident (triggered_at)",
    "incident (merged_into) WHERE merged_into IS NOT NULL",
    "incident (service_id, resolved_at)",
    "notification (user_id, incident_id)",
    "address (channel, value_hmac)",
    "delivery (state, created_at)",
    "delivery (created_at)",
    "delivery (address_id, created_at)",
    "delivery (channel, accepted_at)",
    "delivery (channel, failed_at)",
    "contact_code (address_id, sent_at)",
    "contact_code (user_id, sent_at)",
    "override (schedule_id, end_at)",
    "shift_remark (schedule_id, created_at)",
    "shift_change (made_at)",
    "shift_notice (sent_at)",
    "time_off (user_id, end_at)",
    "time_off (end_at)",
    "time_off_calendar (user_id)",
    "cover_request (schedule_id, end_at)",
    "cover_request (requester_id, end_at)",
    "cover_request (state, start_at)",
    "audit (object_id, seq)",
    "audit (actor_id, seq)",
    "change (changed_at)",
)
LANES = 16


def statements() -> list[str]:
    """Every statement, the same on SQLite and PostgreSQL."""
    made = [f"CREATE UNIQUE INDEX {_name(each, 'only')} ON {_target(each)}" for each in UNIQUE]
    made += [f"CREATE INDEX {_name(each, 'by')} ON {_target(each)}" for each in PLAIN]
    made += ["INSERT INTO counter (name, value) VALUES ('incident', 0), ('config', 0), ('owners', 0)"]
    lanes = ", ".join(f"({lane}, 0, 0)" for lane in range(LANES))
    made += ["INSERT INTO message_privacy (id, lock_screen, rev) VALUES ('account', 'full', 1)"]
    roles = "('primary', 'primary', TRUE, 0, 1), ('backup', 'backup', TRUE, 0, 1)"
    made += [f"INSERT INTO on_call_role (id, name, is_built_in, created_at, rev) VALUES {roles}"]
    made += [f"INSERT INTO lane (lane, leased_until, fence) VALUES {lanes}"]
    return made


def _target(index: str) -> str:
    table, rest = index.split(" ", 1)
    return f'"{table}" {rest}'


def _name(index: str, word: str) -> str:
    table, rest = index.split(" (", 1)
    columns = rest.split(")")[0].replace(", ", "_")
    return f"{table}_{word}_{columns}"


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="dogwatch", description=DESCRIPTION)

    async def run() -> None:
        for statement in statements():
            await Counter.raw(statement)

    manager.add_raw(run)
    return manager
