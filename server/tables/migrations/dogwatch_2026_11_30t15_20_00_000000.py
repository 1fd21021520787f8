"""The baseline: every table, index and fixed row, as the files in `baseline` say."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from server.kernel.database.schema import dialect_of
from server.kernel.tables import Counter
from server.tables.baseline import statements

ID = "2026-11-30T15:20:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "every table, index and fixed row"


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="dogwatch", description=DESCRIPTION)

    async def run() -> None:
        for statement in statements(dialect_of(Counter)):
            await Counter.raw(statement)

    manager.add_raw(run)
    return manager
