"""All tables and their migrations, as Piccolo looks for them."""

from pathlib import Path

from piccolo.conf.apps import AppConfig, table_finder

APP_CONFIG = AppConfig(
    app_name="dogwatch",
    migrations_folder_path=str(Path(__file__).parent / "migrations"),
    table_classes=table_finder(
        modules=[
            "server.kernel.tables",
            "server.tables.accounts",
            "server.tables.alerts",
            "server.tables.audits",
            "server.tables.covers",
            "server.tables.credentials",
            "server.tables.deliveries",
            "server.tables.escalations",
            "server.tables.events",
            "server.tables.incidents",
            "server.tables.notifications",
            "server.tables.schedules",
            "server.tables.service_calendars",
            "server.tables.services",
            "server.tables.status_pages",
            "server.tables.timelines",
        ]
    ),
)
