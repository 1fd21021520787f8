"""Ways in have a health, services have changes."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from server.kernel.tables import Counter

ID = "2026-11-28T21:10:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "keep what ways in refused, and what was changed on services"

STATEMENTS = (
    "CREATE TABLE integration_health (integration_id VARCHAR(36) PRIMARY KEY, refused BIGINT NOT NULL,"
    " since_at BIGINT, last_at BIGINT, reasons TEXT NOT NULL, told_at BIGINT, reused BIGINT NOT NULL,"
    " rev BIGINT NOT NULL)",
    "CREATE TABLE service_change (id VARCHAR(36) PRIMARY KEY, service_id VARCHAR(36) NOT NULL,"
    " integration_id VARCHAR(36) NOT NULL, summary VARCHAR(1024) NOT NULL, source VARCHAR(255) NOT NULL,"
    " details TEXT NOT NULL, links TEXT NOT NULL, happened_at BIGINT NOT NULL, received_at BIGINT NOT NULL)",
    "CREATE INDEX service_change_by_service ON service_change (service_id, happened_at)",
    "CREATE INDEX service_change_by_received_at ON service_change (received_at)",
)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="dogwatch", description=DESCRIPTION)

    async def run() -> None:
        for statement in STATEMENTS:
            await Counter.raw(statement)

    manager.add_raw(run)
    return manager
