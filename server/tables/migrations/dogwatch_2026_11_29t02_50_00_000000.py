"""Keys lead their indexes: who looks for many keys can say so that no planner reads all there is of an integration."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from server.kernel.tables import Counter

ID = "2026-11-29T02:50:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "indexes of alerts by key and of incidents by group begin with the key"

STATEMENTS = (
    "DROP INDEX alert_only_integration_id_key_hash",
    "CREATE UNIQUE INDEX alert_only_key_hash_integration_id ON alert (key_hash, integration_id) WHERE closed_at IS NULL",
    "DROP INDEX alert_by_resolved_key",
    "CREATE INDEX alert_by_resolved_key ON alert (key_hash) WHERE closed_with_incident AND recovered_at IS NULL",
    "DROP INDEX incident_only_service_id_group_key",
    "CREATE UNIQUE INDEX incident_only_group_key_service_id ON incident (group_key, service_id) WHERE group_open",
)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="dogwatch", description=DESCRIPTION)

    async def run() -> None:
        for statement in STATEMENTS:
            await Counter.raw(statement)

    manager.add_raw(run)
    return manager
