"""New alerts put their words into the index themselves, many by one statement (`pipeline/word_index`)."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from server.kernel.tables import Counter

ID = "2026-11-29T01:30:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "no trigger for the words of new alerts"


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="dogwatch", description=DESCRIPTION)

    async def run() -> None:
        if Counter._meta.db.engine_type == "sqlite":  # noqa: SLF001 Piccolo's only way to say it
            await Counter.raw("DROP TRIGGER alert_words_insert")

    manager.add_raw(run)
    return manager
