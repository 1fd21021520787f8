"""Programs that tests need from outside: found, installed where that may be done, or named.

A test that lacks one is reported `not run`; with DOGWATCH_REQUIRE_ALL=1, as in CI, it fails.
`python -m tests.kit.needs` installs Debian's packages where it may and says what is missing otherwise.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import pytest

PACKAGES = {
    "chromium": "chromium",
    "faketime": "faketime",
    "postgres": "postgresql",
    "prometheus": "prometheus",
    "prometheus-alertmanager": "prometheus-alertmanager",
    "redis-server": "redis-server",
    "sqlite3": "sqlite3",
}
FOLDERS = {"postgres": "/usr/lib/postgresql/*/bin"}
QUIET = {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}


def find(program: str) -> Path | None:
    """Where a program is; the newest version where Debian keeps several."""
    folders = sorted(Path("/").glob(FOLDERS[program].lstrip("/"))) if program in FOLDERS else []
    for folder in reversed(folders):
        if (folder / program).exists():
            return folder / program
    found = shutil.which(program)
    return Path(found) if found else None


def needed(*programs: str) -> Path:
    """The first program's path; a test that lacks any of them is not run."""
    if missing := [program for program in programs if find(program) is None]:
        not_run(f"install {' '.join(PACKAGES[program] for program in missing)}")
    found = find(programs[0])
    assert found
    return found


def not_run(reason: str) -> NoReturn:
    """Skips the test, or fails it where everything must run."""
    if os.environ.get("DOGWATCH_REQUIRE_ALL") == "1":
        pytest.fail(f"not run: {reason}", pytrace=False)
    pytest.skip(f"not run: {reason}")


def install() -> Sequence[str]:
    """Debian's packages that are missing still, after installing what may be installed."""
    packages = [PACKAGES[program] for program in PACKAGES if find(program) is None]
    if packages and os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"Installing what tests need: {' '.join(packages)} …", flush=True)
        for command in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *packages]):
            subprocess.run(["apt-get", *command], env=os.environ | QUIET, stdout=subprocess.DEVNULL)
    return [PACKAGES[program] for program in PACKAGES if find(program) is None]


if __name__ == "__main__":
    if lacking := install():
        print(f"Some tests will be reported `not run`: install {' '.join(lacking)}", file=sys.stderr)
