"""The full text index of alerts: FTS5 beside the table on SQLite, a GIN index on PostgreSQL."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from server.kernel.tables import Counter

ID = "2026-11-21T07:15:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "index the words of alerts"

SQLITE = (
    "CREATE VIRTUAL TABLE alert_words USING fts5 (words, content='alert', content_rowid='seq', detail='none')",
    "CREATE TRIGGER alert_words_insert AFTER INSERT ON alert BEGIN"
    " INSERT INTO alert_words (rowid, words) VALUES (new.seq, new.words); END",
    "CREATE TRIGGER alert_words_delete AFTER DELETE ON alert BEGIN"
    " INSERT INTO alert_words (alert_words, rowid, words) VALUES ('delete', old.seq, old.words); END",
)
POSTGRES = ("CREATE INDEX alert_by_words ON alert USING gin (array_to_tsvector(string_to_array(words, ' ')))",)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="dogwatch", description=DESCRIPTION)

    async def run() -> None:
        engine = Counter._meta.db.engine_type  # noqa: SLF001 Piccolo's only way to say it
        for statement in SQLITE if engine == "sqlite" else POSTGRES:
            await Counter.raw(statement)

    manager.add_raw(run)
    return manager
