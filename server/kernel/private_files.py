"""Files that nobody but their owner reads: databases hold hashes, addresses and payloads, as do their copies."""

import contextlib
import os
from pathlib import Path

OWNER_ONLY = 0o600
BESIDE = ("-wal", "-shm", "-journal")


def make_private(path: Path) -> None:
    """Make the file if there is none, and close it to everybody else; so are what SQLite keeps beside it."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT, OWNER_ONLY))
    for each in (path, *(path.with_name(path.name + end) for end in BESIDE)):
        with contextlib.suppress(FileNotFoundError):
            if each.stat().st_mode & 0o077:
                each.chmod(OWNER_ONLY)
