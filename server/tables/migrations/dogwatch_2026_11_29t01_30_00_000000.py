"""New alerts put their words into the index themselves, many by one statement (`pipeline/word_index`)."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from server.kernel.tables import Counter

ID = "2026-11-29T01:30:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "the words of new alerts: by no trigger, in a longer list"

SQLITE = "DROP TRIGGER alert_words_insert"
POSTGRES = "ALTER INDEX alert_by_words SET (gin_pending_list_limit = 32768)"
"""In kB; `words.tidy` sorts the list in long before it is full."""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="dogwatch", description=DESCRIPTION)

    async def run() -> None:
        engine = Counter._meta.db.engine_type  # noqa: SLF001 Piccolo's only way to say it
        await Counter.raw(SQLITE if engine == "sqlite" else POSTGRES)

    manager.add_raw(run)
    return manager
