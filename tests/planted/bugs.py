"""The list: one bug an entry, in `bugs/*.toml` by subject."""

import tomllib
from pathlib import Path

import msgspec
from msgspec import Struct

FOLDER = Path(__file__).parent / "bugs"


class Bug(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`old` stands exactly once in `file`; with `new` in its place, `tests` (files or node ids) must fail.

    `line` is what of an issue it stands for: "10.A9" is line 9 of issue 10, "12.8" section 8 of issue 12.
    """

    name: str
    line: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]

    def planted_in(self, text: str) -> str | None:
        """The file's text with the bug; None where what it replaces isn't found exactly once."""
        return text.replace(self.old, self.new) if text.count(self.old) == 1 else None


class _File(Struct, frozen=True, forbid_unknown_fields=True):
    bug: tuple[Bug, ...]


def load_bugs() -> list[Bug]:
    """All of them, by file and in its order."""
    return [bug for path in sorted(FOLDER.glob("*.toml")) for bug in _read(path)]


def _read(path: Path) -> tuple[Bug, ...]:
    return msgspec.convert(tomllib.loads(path.read_text("utf-8")), _File).bug
