"""`dogwatch demo` and `dogwatch app`: the app beside the server, and an account to try it with."""

import asyncio
import dataclasses
import os
import random
import secrets
import shlex
import shutil
import socket
import sys
import time
import webbrowser
from datetime import timedelta
from pathlib import Path

import segno

from server.configuration.demo_account import (
    PASSWORD,
    change_passwords,
    demo_keys,
    is_demo,
    keep_responder_on_call,
    make_account,
)
from server.configuration.demo_history import DAYS, SEED, History, storm
from server.configuration.demo_status import make_status_pages
from server.engine import build_engine
from server.kernel.clock import ManualClock, machine_time
from server.kernel.database import Database, open_database
from server.kernel.limits.own_app import VARIABLE, app_key
from server.kernel.log import configure_logging
from server.kernel.private_files import make_private
from server.kernel.processes import Family, Member, Ready, beforehand
from server.kernel.secrets import Secrets, secret_key_of, secret_key_path
from server.kernel.settings import SettingError, Settings
from server.serving import AlreadyRunning, installation, only_process, running_mark
from server.tables.migrate import SchemaMismatch, bind_tables, engine_for, migrate

ROOT = Path(__file__).parent.parent
FOLDER = Path(".dogwatch")
FILE = "demo.sqlite"
STORM = FOLDER / "storm.json"
RANDOM = FOLDER / "demo.password"
"""While the demo is open to a network, the password that it has there."""
TRIES = 50
APP_START_S = 30.0
LAST_PORT = 65_535


def run_app(settings: Settings) -> None:
    """Serve the app to browsers until stopped."""
    command = _app_command(settings, settings.api_url, settings.app_port)
    os.execve(command[0], command, _app_environment(settings))  # noqa: S606 our own interpreter


def _app_command(settings: Settings, api_url: str, port: int) -> list[str]:
    script = ROOT / "mobile_app" / "web.py"
    if not script.exists():
        raise SettingError("dogwatch app", f"the app's source is not here: {script} is missing")
    command = [sys.executable, str(script), "--host", settings.host, "--port", str(port), "--api-url", api_url]
    command += ["--within", "server.kernel.limits.listening", "--public-url", settings.public_url]
    return [*command, "--demo"] if settings.demo and settings.is_for_this_machine else command


def _app_environment(settings: Settings) -> dict[str, str]:
    """The app finds what it shares with the server beside it, and proves itself where this machine has the key."""
    path = os.pathsep.join(part for part in (str(ROOT), os.environ.get("PYTHONPATH", "")) if part)
    with_path = os.environ | {"PYTHONPATH": path}
    if not settings.secret_key and not (settings.is_sqlite and secret_key_path(settings).exists()):
        return with_path
    return with_path | {VARIABLE: app_key(Secrets(secret_key_of(settings)))}


def run_demo(settings: Settings) -> None:
    """Make the account once, then serve API, engine and app until Ctrl-C."""
    configure_logging("warning" if settings.log_level == "info" else settings.log_level)
    FOLDER.mkdir(mode=0o700, exist_ok=True)
    settings = _demo_settings(settings)
    try:
        with only_process(settings):
            _run(settings)
    except AlreadyRunning:
        raise AlreadyRunning(f"the demo is running already from this folder ({settings.sqlite_path})") from None


def _run(settings: Settings) -> None:
    if os.environ.get("RESET") == "1":
        for path in FOLDER.glob(FILE + "*"):
            if path.is_dir():
                shutil.rmtree(path)
            elif path != running_mark(settings.sqlite_path):
                path.unlink()
        print("Started over.", flush=True)
    if not settings.sqlite_path.exists():
        print("Making the account and a week of history …", flush=True)
        beforehand(lambda: asyncio.run(_make(settings, settings.sqlite_path)), (SettingError,))
    _serve(settings, *beforehand(lambda: asyncio.run(_greet(settings)), (SettingError, SchemaMismatch)))


def _demo_settings(settings: Settings) -> Settings:
    """Settings of the demo: its own file, local channels, ports that are free."""
    host = os.environ.get("HOST") or "127.0.0.1"
    port = _free_port(host, _wanted_port(settings))
    app_port = _free_port(host, settings.app_port if settings.app_port > port else port + 1)
    shown = _lan_address() if host == "0.0.0.0" else host  # noqa: S104 asked for by HOST
    return dataclasses.replace(
        settings,
        database_url=f"sqlite:///{FOLDER / FILE}",
        redis_url="",
        host=host,
        port=port,
        app_port=app_port,
        public_url=f"http://{shown}:{port}",
        app_address=f"http://{shown}:{app_port}",
        secret_key="",
        smtp_url="",
        admin_fallback_email="",
        admin_fallback_webhook="",
        demo=True,
    )


def _wanted_port(settings: Settings) -> int:
    given = os.environ.get("PORT") or str(settings.port)
    if not given.isdigit() or not 0 < int(given) <= LAST_PORT:
        raise SettingError("PORT", f"must be a port number from 1 to {LAST_PORT}")
    return int(given)


async def _make(settings: Settings, database: Path) -> None:
    """Into a file of another name, so that an interrupted start leaves nothing half made."""
    making = database.with_name("making.sqlite")
    for path in FOLDER.glob("making.sqlite*"):
        path.unlink()
    draft = dataclasses.replace(settings, database_url=f"sqlite:///{making}")
    await migrate(draft)
    bind_tables(engine_for(draft))
    db = await open_database(draft)
    keys = Secrets(secret_key_of(draft))
    end = machine_time() - timedelta(seconds=30)
    clock = ManualClock(end - timedelta(days=DAYS))
    engine = await build_engine(draft, db, clock, keys)
    account = await make_account(db, keys, clock.now())
    await History(db, clock, account, engine.drain, random.Random(SEED)).play(end)  # noqa: S311 a made-up week
    await make_status_pages(db, draft, account, end)
    await engine.close()
    shutil.move(secret_key_path(draft), secret_key_path(settings))
    shutil.move(making, database)
    for path in FOLDER.glob("making.sqlite*"):
        path.unlink()


async def _password(db: Database, settings: Settings) -> str:
    """The one that is printed everywhere on this machine alone; whoever shares a network with it doesn't know it."""
    if settings.is_for_this_machine:
        if RANDOM.exists():
            await change_passwords(db, PASSWORD)
            RANDOM.unlink()
        return PASSWORD
    make_private(RANDOM)
    RANDOM.write_text(password := secrets.token_urlsafe(12))
    await change_passwords(db, password)
    return password


async def _greet(settings: Settings) -> tuple[dict[str, str], str]:
    """Put the responder on call and read the keys that the curl lines need, and the password of everybody."""
    await migrate(settings)
    bind_tables(engine_for(settings))
    db: Database = await open_database(settings)
    try:
        if not await is_demo(db):
            raise SettingError(str(settings.sqlite_path), "this is not the demo's database; RESET=1 starts over")
        await keep_responder_on_call(db, machine_time())
        return await demo_keys(db, Secrets(secret_key_of(settings))), await _password(db, settings)
    finally:
        await db.close()


def _serve(settings: Settings, keys: dict[str, str], password: str) -> None:
    """Engine, API and app as processes that end together."""
    command = _app_command(settings, f"http://127.0.0.1:{settings.port}", settings.app_port)
    make_private(STORM)
    STORM.write_bytes(storm(200, machine_time()))

    def app(ready: Ready) -> None:
        ready()
        os.execve(command[0], command, _app_environment(settings))  # noqa: S606 our own interpreter

    def print_links() -> None:
        _wait_for_port(settings.app_port)
        _print_links(settings, keys, password)
        if settings.host == "127.0.0.1" and os.environ.get("DISPLAY"):
            webbrowser.open(settings.app_url)

    with installation(settings, grace_s=2) as members:
        sys.exit(Family([*members, Member("app", app)], print_links).run())


def _wait_for_port(port: int) -> None:
    for _ in range(int(APP_START_S / 0.1)):
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)


def _print_links(settings: Settings, keys: dict[str, str], password: str) -> None:
    url = f"{settings.api_url}/ingest/events/{keys['events checkout-api']}"
    page = '{"title": "Checkout errors above 5 % in eu-west", "dedup_key": "try", "severity": "critical"}'
    over = '{"action": "resolve", "dedup_key": "try"}'
    network = f"{settings.api_url}/ingest/alertmanager/{keys['alertmanager network']}"
    lines = (
        "",
        f"The app:    {settings.app_url}",
        f"Sign in as: responder@example.com (on call), manager@example.com, admin@example.com; password {password}",
        f"For customers: {settings.api_url}/status/nordwind/, for colleagues: {settings.api_url}/status/inside/",
        "Nothing leaves this machine: pages, emails and webhooks are shown under Outbox.",
        "",
        "Page the responder (level 2 after 60 s):",
        f"  curl -s {url} -d {shlex.quote(page)}",
        "Resolve it:",
        f"  curl -s {url} -d {shlex.quote(over)}",
        "Send a storm of 200 alerts:",
        f"  curl -s {network} -d @{STORM}",
        "",
        "Ctrl-C ends everything.",
    )
    print("\n".join(lines), flush=True)
    if settings.host == "0.0.0.0":  # noqa: S104 asked for by HOST
        print(f"\nOn a phone in this network: {settings.app_url}")
        segno.make(settings.app_url, micro=False).terminal(compact=True)
        print("Over plain HTTP the phone keeps its session in memory only.", flush=True)


def _free_port(host: str, wanted: int) -> int:
    """The wanted port, or the next that is free."""
    try:
        socket.getaddrinfo(host, wanted)
    except socket.gaierror as error:
        raise SettingError("HOST", f"{host} is no address of this machine: {error}") from None
    for port in range(wanted, min(wanted + TRIES, LAST_PORT + 1)):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
        if port != wanted:
            print(f"Port {wanted} is taken, so {port} is used.", flush=True)
        return port
    raise SettingError("PORT", f"no port from {wanted} to {wanted + TRIES - 1} is free")


def _lan_address() -> str:
    """This machine's address as others in the network see it; nothing is sent to find it out."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])
