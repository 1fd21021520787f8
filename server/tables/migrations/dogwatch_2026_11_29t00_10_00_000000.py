"""Addresses know what their messages leave by, and the installation what it can send by."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from server.kernel.tables import Counter

ID = "2026-11-29T00:10:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "routes of addresses, and the routes that are configured"

STATEMENTS = (
    "ALTER TABLE address ADD COLUMN route VARCHAR(40) NOT NULL DEFAULT ''",
    "CREATE TABLE way_out (route VARCHAR(40) PRIMARY KEY)",
)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="dogwatch", description=DESCRIPTION)

    async def run() -> None:
        for statement in STATEMENTS:
            await Counter.raw(statement)

    manager.add_raw(run)
    return manager
