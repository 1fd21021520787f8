"""Ask a database of advisories about every locked package; not having been able to look is told as that."""

import json
import re
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

LOCK = Path(__file__).parents[2] / "requirements.lock"
ASKED = "https://api.osv.dev/v1/querybatch"
AT_ONCE = 500
WITHIN_S = 30
FINE, FOUND, NOT_LOOKED = 0, 1, 2
_PINNED = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(?:\[[^\]]*\])?==(?P<version>[^\s;\\]+)", re.M)


def locked(text: str) -> list[tuple[str, str]]:
    """(name, version) of every package that a lock file pins."""
    return [(each["name"].lower(), each["version"]) for each in _PINNED.finditer(text)]


def known(packages: list[tuple[str, str]], address: str) -> dict[tuple[str, str], list[str]]:
    """The ids of advisories by package; raises OSError or ValueError when they can't be had."""
    found: dict[tuple[str, str], list[str]] = {}
    for start in range(0, len(packages), AT_ONCE):
        part = packages[start : start + AT_ONCE]
        queries = [{"package": {"name": name, "ecosystem": "PyPI"}, "version": version} for name, version in part]
        request = urllib.request.Request(
            address, json.dumps({"queries": queries}).encode(), {"content-type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=WITHIN_S) as answer:
            results: list[dict[str, Any]] = json.load(answer)["results"]
        if len(results) != len(part):
            raise ValueError(f"{len(results)} answers to {len(part)} questions")
        for package, result in zip(part, results, strict=True):
            if ids := [str(each["id"]) for each in result.get("vulns") or []]:
                found[package] = ids
    return found


def main(address: str = ASKED, text: str | None = None) -> int:
    """Print what is known; 0 for nothing, 1 for something, 2 when it could not be looked."""
    packages = locked(LOCK.read_text("utf-8") if text is None else text)
    try:
        found = known(packages, address)
    except (OSError, ValueError, KeyError, TypeError, urllib.error.URLError) as error:
        print(f"NOT LOOKED: advisories about {len(packages)} packages could not be read ({error})")
        return NOT_LOOKED
    for (name, version), ids in sorted(found.items()):
        print(f"{name} {version}: {', '.join(ids)}")
    print(f"Looked at {len(packages)} packages: {len(found)} with advisories.")
    return FOUND if found else FINE


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
