"""Tries are counted for all processes; sessions know when they were proven, and whether their newest tokens were used."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from server.kernel.tables import Counter

ID = "2026-11-28T21:20:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "count tries for all processes, know what a session proved and used"

STATEMENTS = (
    'CREATE TABLE attempt ("key" VARCHAR(64) PRIMARY KEY, tries INTEGER NOT NULL, counted_at BIGINT NOT NULL,'
    " free_at BIGINT NOT NULL, forgotten_at BIGINT NOT NULL)",
    "CREATE INDEX attempt_by_forgotten_at ON attempt (forgotten_at)",
    "ALTER TABLE session ADD COLUMN used_generation BIGINT NOT NULL DEFAULT -1",
    "ALTER TABLE session ADD COLUMN proven_at BIGINT",
    "UPDATE session SET proven_at = created_at",
    "DROP INDEX team_only_name",
    "CREATE UNIQUE INDEX team_only_open_name ON team (name) WHERE archived_at IS NULL AND NOT is_private",
    *(
        statement
        for kind in ("service", "escalation_policy", "schedule", "service_calendar")
        for statement in (
            f"DROP INDEX {kind}_only_name",
            f"CREATE UNIQUE INDEX {kind}_only_team_id_name ON {kind} (team_id, name) WHERE archived_at IS NULL",
        )
    ),
    "DROP INDEX address_only_value_hmac",
    "CREATE INDEX address_by_installation_id ON address (installation_id) WHERE installation_id IS NOT NULL",
)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="dogwatch", description=DESCRIPTION)

    async def run() -> None:
        for statement in STATEMENTS:
            await Counter.raw(statement)

    manager.add_raw(run)
    return manager
