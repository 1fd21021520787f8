"""Pages know their severity, alerts what they say and how they ended, incidents their silence, the audit its chain."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from server.kernel.tables import Counter

ID = "2026-11-28T21:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "severities of pages, contents and ends of alerts, silenced incidents"

STATEMENTS = (
    "ALTER TABLE notification ADD COLUMN severity VARCHAR(10) NOT NULL DEFAULT 'critical'",
    "UPDATE notification SET severity = incident.severity FROM incident WHERE incident.id = notification.incident_id",
    "DROP INDEX notification_only_incident_id_cycle_step_user_id_address_id_turn",
    "CREATE UNIQUE INDEX notification_only_once"
    " ON notification (incident_id, cycle, step, user_id, address_id, turn, severity)",
    "ALTER TABLE alert ADD COLUMN content VARCHAR(24) NOT NULL DEFAULT ''",
    "ALTER TABLE alert ADD COLUMN changes TEXT NOT NULL DEFAULT '[]'",
    "ALTER TABLE alert ADD COLUMN acked_at BIGINT",
    "ALTER TABLE alert ADD COLUMN closed_with_incident BOOLEAN NOT NULL DEFAULT FALSE",
    "ALTER TABLE alert ADD COLUMN recovered_at BIGINT",
    "UPDATE alert SET closed_with_incident = TRUE FROM incident WHERE incident.id = alert.incident_id"
    " AND incident.resolved_at = alert.closed_at AND incident.resolved_by IS NOT NULL",
    "CREATE INDEX alert_by_resolved_key ON alert (integration_id, key_hash)"
    " WHERE closed_with_incident AND recovered_at IS NULL",
    "ALTER TABLE incident ADD COLUMN silenced_until BIGINT",
    "INSERT INTO counter (name, value) SELECT 'no ' || id, 10000000 * (1 + (SELECT COUNT(*) FROM team AS other"
    " WHERE other.is_private AND other.id < team.id)) FROM team WHERE is_private",
    "ALTER TABLE audit ADD COLUMN place BIGINT",
    "ALTER TABLE audit ADD COLUMN link VARCHAR(64)",
    "CREATE UNIQUE INDEX audit_only_place ON audit (place)",
    "CREATE INDEX audit_by_unsealed ON audit (seq) WHERE place IS NULL",
    "CREATE TABLE chain (name VARCHAR(20) PRIMARY KEY, length BIGINT NOT NULL, link VARCHAR(64) NOT NULL)",
    "INSERT INTO chain (name, length, link) VALUES ('audit', 0, '')",
    "ALTER TABLE incident ADD COLUMN pages_anyway BOOLEAN NOT NULL DEFAULT FALSE",
    "CREATE INDEX incident_by_silenced_until ON incident (silenced_until) WHERE silenced_until IS NOT NULL",
)
SQLITE = (
    "CREATE TRIGGER alert_words_update AFTER UPDATE OF words ON alert BEGIN"
    " INSERT INTO alert_words (alert_words, rowid, words) VALUES ('delete', old.seq, old.words);"
    " INSERT INTO alert_words (rowid, words) VALUES (new.seq, new.words); END",
)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="dogwatch", description=DESCRIPTION)

    async def run() -> None:
        engine = Counter._meta.db.engine_type  # noqa: SLF001 Piccolo's only way to say it
        for statement in (*STATEMENTS, *(SQLITE if engine == "sqlite" else ())):
            await Counter.raw(statement)

    manager.add_raw(run)
    return manager
