"""The processes of an installation: what can be wrong is found before anything is promised, and the end is quiet."""

import contextlib
import fcntl
import gc
import signal
import socket
import sys
import tempfile
from collections.abc import Callable, Generator
from pathlib import Path
from types import FrameType

from litestar import Litestar

import server.channels
from server.app import behind_the_line, build_app
from server.channels.base import CHANNELS
from server.kernel.api_docs import encode_description
from server.kernel.clock import machine_time
from server.kernel.database import DRIVER_ERRORS
from server.kernel.limits import listening
from server.kernel.outbound import Outbound
from server.kernel.private_files import OWNER_ONLY, make_private
from server.kernel.processes import Member, Ready
from server.kernel.settings import SettingError, Settings
from server.worker import run_engine

GRACE_S = 5


class AlreadyRunning(Exception):
    """Another process has this SQLite file."""


@contextlib.contextmanager
def only_process(settings: Settings) -> Generator[None]:
    """SQLite means one engine and its processes: another one raises AlreadyRunning. PostgreSQL takes any number."""
    if not settings.is_sqlite:
        yield
        return
    path = settings.sqlite_path
    if not path.parent.is_dir():
        raise SettingError("DATABASE_URL", f"there is no folder {path.parent}")
    with naming_the_database():
        make_private(running_mark(path))
        file = running_mark(path).open("w")
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning(f"another Dogwatch has {path}; SQLite allows one") from None
        yield


def running_mark(path: Path) -> Path:
    """The file whose lock says that a process has the database."""
    return path.with_name(path.name + ".running")


@contextlib.contextmanager
def naming_the_database() -> Generator[None]:
    """A database that can't be opened is a setting that can't be used."""
    try:
        yield
    except (*DRIVER_ERRORS, OSError, ValueError) as error:
        raise SettingError("DATABASE_URL", f"the database can't be used: {error}") from error


def check_channels(settings: Settings) -> None:
    """Raises SettingError for a key file or an address that a channel can't use."""
    CHANNELS.load(server.channels)
    outbound = Outbound(allow=settings.egress_allow_cidrs)
    for slug in CHANNELS:
        CHANNELS[slug].configured(settings, outbound, machine_time)


def bind(settings: Settings) -> list[socket.socket]:
    """The listening sockets, the API's first; raises SettingError naming what stands in the way."""
    sockets = [_bind(settings.host, settings.port, "DOGWATCH_HOST", "DOGWATCH_PORT")]
    if settings.metrics_address is not None:
        sockets.append(_bind(*settings.metrics_address, "METRICS_BIND", "METRICS_BIND"))
    return sockets


def _bind(host: str, port: int, host_setting: str, port_setting: str) -> socket.socket:
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except socket.gaierror as error:
        raise SettingError(host_setting, f"{host} is no address of this machine: {error}") from None
    listening = socket.socket(family, kind)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(address)
    except OSError as error:
        listening.close()
        raise SettingError(port_setting, f"can't listen on {host}:{port}: {error}") from None
    return listening


class Server(listening.Server):
    """Says once it answers; SIGTERM ends it without a word, within `grace_s`."""

    def __init__(self, app: Litestar, settings: Settings, ready: Callable[[], None], *, grace_s: int) -> None:
        config = listening.Config(
            behind_the_line(app, settings),
            log_level="warning",
            access_log=False,
            proxy_headers=False,
            server_header=False,
            ws_max_size=64 * 1024,
            timeout_graceful_shutdown=grace_s,
        )
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self.started:
            _forget_what_stays()
            self._ready()

    def serve_until_stopped(self, listening: list[socket.socket]) -> None:
        """Raises SystemExit when it could not start; afterwards whatever surrounds it is cleaned up."""
        signal.signal(signal.SIGTERM, _end)
        with contextlib.suppress(_Ended):
            self.run(sockets=listening)
        if not self.started:
            sys.exit(1)


def _forget_what_stays() -> None:
    """What the start has made stays until the end: looking through it again took 100 ms, whoever's request it was."""
    gc.collect()
    gc.freeze()


class _Ended(BaseException):
    """Raised in place of a signal's default, so that `finally` has its turn."""


def _end(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 as `signal` calls it
    raise _Ended


@contextlib.contextmanager
def installation(
    settings: Settings, *, processes: int = 1, has_engine: bool = True, grace_s: int = GRACE_S
) -> Generator[list[Member]]:
    """The processes of `serve`: an engine, and those that serve the API on the same listening sockets.

    What can be wrong with the sockets is found here; the processes are started by whoever has the list.
    """
    listening = bind(settings)
    with contextlib.ExitStack() as stack:
        path, engine = None, list[Member]()
        if has_engine:
            folder = Path(stack.enter_context(_folder_for_a_socket()))
            path = folder / "engine.socket"
            line = stack.enter_context(_listening_at(path))
            engine = [Member("engine", lambda ready: run_engine(settings, line, ready), beats=True)]
        app = build_app(settings, path)
        encode_description(app)

        def serve(ready: Ready) -> None:
            Server(app, settings, ready, grace_s=grace_s).serve_until_stopped(listening)

        yield [*engine, *(Member(f"api {n}" if processes > 1 else "api", serve) for n in range(1, processes + 1))]


def _folder_for_a_socket() -> tempfile.TemporaryDirectory[str]:
    try:
        return tempfile.TemporaryDirectory(prefix="dogwatch-")
    except OSError as error:
        raise SettingError("TMPDIR", f"there is no folder for the engine's socket: {error}") from None


def _listening_at(path: Path) -> socket.socket:
    """A Unix socket for this user alone; it stays while processes come and go."""
    line = socket.socket(socket.AF_UNIX)
    line.bind(str(path))
    path.chmod(OWNER_ONLY)
    line.listen()
    return line
