"""Sites as files in a folder: each is there whole or not at all, and what is no part of a site any more goes."""

import contextlib
import fcntl
import os
import shutil
from collections.abc import Iterable
from io import BufferedWriter
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from shared.wire.sessions import Language

READABLE: Final = 0o644
INDEX: Final = "sites.json"


class SiteEntry(Struct, frozen=True, kw_only=True):
    """A site that is served; `stamp` moves whenever a file of it does."""

    page_id: str
    slug: str
    domain: str | None
    language: Language
    stamp: str


def write_file(path: Path, body: bytes) -> None:
    """Let the file say this; whoever reads it meanwhile gets the one before, whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, READABLE)
    with os.fdopen(descriptor, "wb") as file:
        file.write(body)
    beside.replace(path)


def keep_only(folder: Path, paths: Iterable[str]) -> None:
    """Remove every other file of a site, and folders that are left empty."""
    kept = {folder / each for each in paths}
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir():
            with contextlib.suppress(OSError):
                path.rmdir()
        elif path not in kept:
            path.unlink(missing_ok=True)


def remove_site(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)


def read_entries(folder: Path) -> list[SiteEntry]:
    """Nothing where nothing was written yet."""
    try:
        return msgspec.json.decode((folder / INDEX).read_bytes(), type=list[SiteEntry])
    except (FileNotFoundError, msgspec.MsgspecError):
        return []


def write_entries(folder: Path, entries: Iterable[SiteEntry]) -> None:
    write_file(folder / INDEX, msgspec.json.encode(list(entries)))


class OnlyWriter:
    """One process of a machine writes a folder; it is its until it ends, and then the next one's."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / ".writer"
        self._file: BufferedWriter | None = None

    def is_us(self) -> bool:
        if self._file is not None:
            return True
        self._path.parent.mkdir(parents=True, exist_ok=True)
        file = self._path.open("wb")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return False
        self._file = file
        return True

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
