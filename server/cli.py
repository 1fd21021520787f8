"""The command line: serve, app, worker, migrate, demo, verify, settings."""

import argparse
import asyncio
import os
import sys
from collections.abc import Callable, Sequence

from server.accounts.audit.chain import Head
from server.accounts.people.people import is_empty
from server.accounts.people.setup import admin_from_settings, setup_token
from server.demo import run_app, run_demo
from server.kernel.clock import machine_time
from server.kernel.database import open_database, open_to_read
from server.kernel.errors import Unavailable
from server.kernel.log import configure_logging
from server.kernel.processes import BeforehandFailed, Family, beforehand
from server.kernel.secrets import Secrets, secret_key_of, secret_key_path
from server.kernel.settings import VERSION, SettingError, Settings, describe_settings, read_settings
from server.paging_health.record import Break, Checked, verify
from server.paging_health.record_heads import heads_path, read_heads
from server.serving import AlreadyRunning, check_channels, installation, naming_the_database, only_process
from server.tables.migrate import SchemaMismatch, bind_tables, engine_for, migrate, require_current
from server.worker import run_worker

MOST_PROCESSES = 64
PROBLEMS = (SettingError, SchemaMismatch, AlreadyRunning, Unavailable)
"""What whoever started a command can do something about."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; a problem that the caller can solve is one line on stderr and exit code 2."""
    args = _parser().parse_args(argv)
    try:
        settings = read_settings(os.environ)
        configure_logging(settings.log_level)
        command: Callable[[Settings, argparse.Namespace], None] = args.command
        command(settings, args)
    except (*PROBLEMS, BeforehandFailed) as error:
        print(f"dogwatch: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="dogwatch", description="An on-call platform that a team runs itself.")
    parser.add_argument("--version", action="version", version=VERSION)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, command, help_text in (
        ("serve", serve, "the API and the engine, as processes of their own"),
        ("app", app, "the app in the browser"),
        ("worker", worker, "one more engine over the same PostgreSQL database"),
        ("migrate", run_migrations, "bring the database to this version's schema"),
        ("demo", demo, "a believable account with a week of history, API, engine and app"),
        ("verify", check_record, "whether timelines and the audit trail are what was written"),
        ("settings", show_settings, "every setting with its default and meaning"),
    ):
        sub = commands.add_parser(name, help=help_text)
        sub.set_defaults(command=command)
        if name == "serve":
            sub.add_argument("--api-only", action="store_true", help="leave the engine to workers (PostgreSQL)")
            sub.add_argument("--processes", type=_processes, default=1, metavar="N", help="so many serve the API (1)")
        if name == "verify":
            sub.add_argument("--head", metavar="LENGTH:LINK", help="an audit head from the log that must still hold")
    return parser


def _processes(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MOST_PROCESSES:
        raise argparse.ArgumentTypeError(f"must be a number from 1 to {MOST_PROCESSES}")
    return int(text)


def serve(settings: Settings, args: argparse.Namespace) -> None:
    """Migrate SQLite, print the set-up link while nobody can sign in, and serve until stopped."""
    if args.api_only and settings.is_sqlite:
        raise SettingError("DATABASE_URL", "SQLite means one engine, so --api-only has nobody to leave it to")
    check_channels(settings)
    with only_process(settings):
        link = beforehand(lambda: _prepared(settings), PROBLEMS)

        def print_links() -> None:
            if link:
                print(f"Set up the first administrator: {link}", flush=True)
            print(f"Dogwatch {VERSION} serves {settings.api_url} (docs at /schema)", flush=True)

        with installation(settings, processes=args.processes, has_engine=not args.api_only) as members:
            code = Family(members, print_links).run()
    if code:
        sys.exit(code)


def _prepared(settings: Settings) -> str | None:
    with naming_the_database():
        return asyncio.run(_prepare(settings))


async def _prepare(settings: Settings) -> str | None:
    """Bring the schema forward where that is our task; the set-up link while nobody can sign in."""
    if settings.is_sqlite:
        await migrate(settings)
    else:
        await require_current(settings)
    bind_tables(engine_for(settings))
    db = await open_database(settings)
    try:
        await admin_from_settings(db, settings, now=machine_time())
        if settings.admin_email or not await is_empty(db):
            return None
        return f"{settings.api_url}/setup/{setup_token(Secrets(secret_key_of(settings)))}"
    finally:
        await db.close()


def app(settings: Settings, _: argparse.Namespace) -> None:
    """Serve the app to browsers; it talks to the API at DOGWATCH_PUBLIC_URL or host:port."""
    run_app(settings)


def worker(settings: Settings, _: argparse.Namespace) -> None:
    check_channels(settings)
    run_worker(settings)


def run_migrations(settings: Settings, _: argparse.Namespace) -> None:
    with naming_the_database():
        asyncio.run(migrate(settings))
    print("The database is at this version's schema.")


def demo(settings: Settings, _: argparse.Namespace) -> None:
    run_demo(settings)


def check_record(settings: Settings, args: argparse.Namespace) -> None:
    """Say what was checked; exit code 1 and the first break where there is one. Beside a running server too."""
    if settings.is_sqlite and not settings.sqlite_path.exists():
        raise SettingError("DATABASE_URL", "there is no such database")
    if settings.is_sqlite and not settings.secret_key and not secret_key_path(settings).exists():
        raise SettingError(
            "DOGWATCH_SECRET_KEY", "the record can't be checked without it, and no file beside the database has it"
        )
    bind_tables(engine_for(settings))
    with naming_the_database():
        found = asyncio.run(_check_record(settings, _head(args.head)))
    if isinstance(found, Break):
        print(f"dogwatch: {found.where}: {found.what}", file=sys.stderr)
        sys.exit(1)
    print(f"{found.incidents} incidents, {found.entries} timeline entries: unbroken; {found.unsealed} not sealed yet.")
    print(f"{found.audit_entries} audit entries: unbroken; {found.unsealed_audit_entries} not sealed yet.")
    path = heads_path(settings)
    is_held = path is not None and path.exists()
    print("Held to the file of heads." if is_held else "There is no file of heads to hold the ends to.")


def _head(text: str | None) -> Head | None:
    """Raises SettingError for what is no head."""
    if text is None:
        return None
    length, _, link = text.partition(":")
    if not length.isdecimal() or len(link) != 64:
        raise SettingError("--head", "must be what the log says of record.heads: LENGTH:LINK")
    return Head(int(length), link)


async def _check_record(settings: Settings, known: Head | None) -> Checked | Break:
    if not settings.is_sqlite:
        await require_current(settings)
    db = await open_to_read(settings)
    try:
        secrets = Secrets(secret_key_of(settings))
        try:
            kept = read_heads(heads_path(settings), secrets)
        except ValueError as error:
            return Break("the file of heads", str(error))
        return await verify(db, secrets, known=known, kept=kept)
    except (TypeError, ValueError) as error:
        return Break("the record", f"holds what can't be read: {error}")
    finally:
        await db.close()


def show_settings(_: Settings, __: argparse.Namespace) -> None:
    for name, default, meaning in describe_settings():
        print(f"{name}\n    {meaning}\n    default: {default or '(unset)'}")


if __name__ == "__main__":
    sys.exit(main())
