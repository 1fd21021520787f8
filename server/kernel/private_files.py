"""Files that nobody but their owner reads: databases hold hashes, addresses and payloads, as do their copies."""

import contextlib
import os
from pathlib import Path

OWNER_ONLY = 0o600
BESIDE = ("-wal", "-shm", "-journal")


def write_private(path: Path, said: bytes) -> None:
    """Let the file say this, all or nothing whatever dies, and be its owner's alone; not for what SQLite has open."""
    beside = path.with_name(f"{path.name}.{os.getpid()}.new")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNER_ONLY)
    with os.fdopen(descriptor, "wb") as file:
        file.write(said)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def make_private(path: Path) -> None:
    """Make the file if there is none, and close it to everybody else; so are what SQLite keeps beside it.

    A file that is there is not opened: closing it again would let go of the locks that SQLite's connections in this
    process hold on it, and another process would take itself for the last one and put the write-ahead log away.
    """
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY))
    for each in (path, *(path.with_name(path.name + end) for end in BESIDE)):
        with contextlib.suppress(FileNotFoundError):
            if each.stat().st_mode & 0o077:
                each.chmod(OWNER_ONLY)
