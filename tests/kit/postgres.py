"""A PostgreSQL server of our own for tests: found, started, thrown away."""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.kit.cpu import POSTGRES, counted_as
from tests.kit.needs import needed
from tests.kit.processes import PATIENCE_S

FORGETFUL = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "jit": "off",
    "max_connections": "200",
    "shared_buffers": "64MB",
}
"""What survives a kill of the server is no test's matter, and every database is used for a second."""
AS_INSTALLED = {"max_connections": "200"}
"""Durable, vacuumed and analysed as the package's defaults have it: what is measured is measured on such a one."""


class PostgresFailed(Exception):
    """PostgreSQL is here but did not start."""


@dataclass
class PostgresServer:
    """One that runs and can be made to run again."""

    binaries: Path
    folder: Path
    user: int | None
    settings: Mapping[str, str]
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        """Without the database's name."""
        return f"postgres://postgres@/{{name}}?host={self.folder}"

    def start(self) -> None:
        """Returns when it answers."""
        self.process = subprocess.Popen(
            [
                str(self.binaries / "postgres"), "-D", str(self.folder / "data"), "-k", str(self.folder), "-h", "",
                *(f"--{name}={value}" for name, value in self.settings.items()),
            ],
            user=self.user, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        _wait(self.binaries, self.folder, self.process)

    def stop(self, number: signal.Signals) -> None:
        """SIGINT throws out who is connected, SIGQUIT is as a crash."""
        assert self.process
        self.process.send_signal(number)
        self.process.wait(PATIENCE_S)


@contextlib.contextmanager
def running_postgres(settings: Mapping[str, str] = FORGETFUL) -> Generator[PostgresServer]:
    """A new server; `settings` by the names of postgresql.conf."""
    binaries = needed("postgres").parent
    folder = Path(tempfile.mkdtemp(prefix="dogwatch-pg-", dir="/tmp"))
    user = _unprivileged(folder)
    try:
        with counted_as(POSTGRES):
            _run([binaries / "initdb", "-D", folder / "data", "-U", "postgres", "-A", "trust", "-N"], user, folder)
        server = PostgresServer(binaries, folder, user, settings)
        server.start()
        try:
            yield server
        finally:
            with counted_as(POSTGRES):
                server.stop(signal.SIGINT)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def postgres_server(settings: Mapping[str, str] = FORGETFUL) -> Generator[str]:
    """The URL of a running server without its database name."""
    if given := os.environ.get("TEST_PG_DSN"):
        yield given
        return
    with running_postgres(settings) as server:
        yield server.url


def _unprivileged(folder: Path) -> int | None:
    """PostgreSQL refuses to run as root: another user gets the folder."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            os.chown(folder, entry.pw_uid, entry.pw_gid)
            return entry.pw_uid
    raise PostgresFailed("no user 'postgres' or 'nobody' to run PostgreSQL as")


def _run(command: list[object], user: int | None, folder: Path) -> None:
    subprocess.run(
        [str(each) for each in command], user=user, cwd=folder, check=True, capture_output=True, timeout=PATIENCE_S
    )


def _wait(binaries: Path, folder: Path, server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + PATIENCE_S
    ready = [str(binaries / "pg_isready"), "-q", "-h", str(folder), "-U", "postgres"]
    while time.monotonic() < deadline:
        if subprocess.run(ready, check=False).returncode == 0:
            return
        if server.poll() is not None:
            raise RuntimeError("PostgreSQL ended while starting")
        time.sleep(0.05)
    raise RuntimeError(f"PostgreSQL did not start within {PATIENCE_S} s")
