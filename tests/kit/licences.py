"""Write down under which licence each locked package comes, as it says itself: docs/third-party.md."""

from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Any

from tests.kit.advisories import LOCK, locked

PAGE = Path(__file__).parents[2] / "docs" / "third-party.md"
HEAD = """# Packages of others

What `requirements.lock` installs, and under which licence each package says that it comes. Dogwatch itself is under the
[Apache License 2.0](../LICENSE); none of these is part of its sources. Written by `make licences`.

Worth a word: `recurring-ical-events` and `x-wr-timezone` are under the LGPL 3 or later. They are imported unchanged and
can be replaced by another version in the installation, which is what that licence asks for.

| package | version | licence |
|---|---|---|
"""


def licence_of(name: str) -> str:
    """In as few words as the package uses."""
    try:
        said: Any = metadata(name)
    except PackageNotFoundError:
        return "not installed here"
    if expressions := said.get_all("License-Expression"):
        return expressions[0]
    kinds = [each.split(" :: ")[-1] for each in said.get_all("Classifier") or [] if each.startswith("License :: ")]
    named = [each for each in kinds if each != "OSI Approved"]
    first = (said.get_all("License") or [""])[0].strip().splitlines()
    return ", ".join(named) or (first[0][:80] if first else "says nothing")


def page() -> str:
    rows = [f"| {name} | {version} | {licence_of(name)} |" for name, version in sorted(locked(LOCK.read_text("utf-8")))]
    return HEAD + "\n".join(rows) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
