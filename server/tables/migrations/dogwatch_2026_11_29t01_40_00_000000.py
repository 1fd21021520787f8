"""Bodies of events are stored packed, beside their own size (`pipeline/bodies`); those that are there stay as they are."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from server.kernel.tables import Counter

ID = "2026-11-29T01:40:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "events know the size of their body"

STATEMENTS = (
    "ALTER TABLE event ADD COLUMN size BIGINT NOT NULL DEFAULT 0",
    "UPDATE event SET size = LENGTH(body)",
)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="dogwatch", description=DESCRIPTION)

    async def run() -> None:
        for statement in STATEMENTS:
            await Counter.raw(statement)

    manager.add_raw(run)
    return manager
