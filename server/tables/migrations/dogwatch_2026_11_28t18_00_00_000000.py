"""Decisions have a revision of their own, timelines are sealed after they were written, waiting incidents have a list."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from server.kernel.tables import Counter

ID = "2026-11-28T18:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "guard decisions, seal timelines, list what waits for whom"

STATEMENTS = (
    "ALTER TABLE incident ADD COLUMN decided BIGINT NOT NULL DEFAULT 0",
    "ALTER TABLE incident ADD COLUMN sealed_n INTEGER NOT NULL DEFAULT 0",
    "UPDATE incident SET sealed_n = timeline_n",
    "CREATE INDEX timeline_by_unsealed ON timeline (seq) WHERE hash = ''",
    "CREATE TABLE tally (id VARCHAR(120) PRIMARY KEY, incident_id VARCHAR(36) NOT NULL, kind VARCHAR(40) NOT NULL,"
    " actor_kind VARCHAR(20) NOT NULL, actor_id VARCHAR(36), number INTEGER NOT NULL, title VARCHAR(1024) NOT NULL)",
    "CREATE TABLE waiting (id VARCHAR(73) PRIMARY KEY, user_id VARCHAR(36) NOT NULL, incident_id VARCHAR(36) NOT NULL)",
    "CREATE INDEX waiting_by_user_id ON waiting (user_id)",
    "CREATE INDEX waiting_by_incident_id ON waiting (incident_id)",
    "INSERT INTO waiting (id, user_id, incident_id) SELECT DISTINCT notification.user_id || ' ' || incident.id,"
    " notification.user_id, incident.id FROM notification JOIN incident ON incident.id = notification.incident_id"
    " AND incident.cycle = notification.cycle WHERE incident.state = 'triggered'",
    "CREATE INDEX due_by_kind ON due (kind, due_at) WHERE parked_at IS NULL",
    "DROP INDEX event_by_lane_seq",
    "CREATE INDEX event_by_waiting ON event (integration_id, seq) WHERE parsed_at IS NULL",
    "ALTER TABLE event ADD COLUMN ahead TEXT",
    "CREATE INDEX event_by_ahead ON event (integration_id) WHERE ahead IS NOT NULL AND parsed_at IS NULL",
)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="dogwatch", description=DESCRIPTION)

    async def run() -> None:
        for statement in STATEMENTS:
            await Counter.raw(statement)

    manager.add_raw(run)
    return manager
