"""A run whose list has nobody who can be reached knows when its levels go on."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from server.kernel.tables import Counter

ID = "2026-11-29T00:30:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "hold the rounds of a run that reaches nobody"

STATEMENTS = ("ALTER TABLE escalation_run ADD COLUMN levels_at BIGINT",)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="dogwatch", description=DESCRIPTION)

    async def run() -> None:
        for statement in STATEMENTS:
            await Counter.raw(statement)

    manager.add_raw(run)
    return manager
