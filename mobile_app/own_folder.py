"""A folder for as long as its process lives: removed at its end, or by the next process when it was killed outright."""

import fcntl
import os
import shutil
import tempfile
import weakref
from pathlib import Path
from typing import Final

PREFIX: Final = "dogwatch-app-"
HELD: Final = ".held"
"""Locked by the process whose folder it is; the system lets go however the process ends."""


class OwnFolder:
    """Made at once; those whose processes no longer exist are removed before."""

    def __init__(self, within: Path | None = None) -> None:
        root = within or Path(tempfile.gettempdir())
        remove_leftovers(root)
        self.path = Path(tempfile.mkdtemp(prefix=PREFIX, dir=root))
        held = _locked(self.path / ".new")
        assert held is not None
        (self.path / ".new").rename(self.path / HELD)
        self._end = weakref.finalize(self, _remove, self.path, held)

    def close(self) -> None:
        """Again, it does nothing; the interpreter's end does it too."""
        self._end()


def remove_leftovers(root: Path) -> None:
    """Folders that nobody holds; one that others may not touch, or that is being made, stays."""
    for folder in root.glob(f"{PREFIX}*"):
        if not (folder / HELD).is_file() or (held := _locked(folder / HELD)) is None:
            continue
        _remove(folder, held)


def _locked(path: Path) -> int | None:
    """Its open file; None when another one holds it, or it is not ours."""
    try:
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    except OSError:
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(file)
        return None
    return file


def _remove(folder: Path, held: int) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    os.close(held)
