"""Files that nobody but their owner reads: databases hold hashes, addresses and payloads, as do their copies."""

import contextlib
import os
from pathlib import Path

OWNER_ONLY = 0o600
BESIDE = ("-wal", "-shm", "-journal")


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
