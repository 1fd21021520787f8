"""What tests cost in CPU: who runs them writes each file's seconds down, and `python -m tests.kit.cpu …` adds them up.

CPU is that of all processes, ours and those they started and waited for. A busy machine makes it up to twice as dear,
so nothing fails by it.
"""

import contextlib
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

LEDGER = "CPU_LEDGER"
"""The variable that names the folder to write to."""
STARTS, POSTGRES = "starting, imports, collecting", "PostgreSQL"
DEAREST = 10
Seconds = defaultdict[str, float]
_apart = Seconds(float)


def spent() -> float:
    """Seconds of this process and of its children that have ended."""
    return time.process_time() + _of_children()


def _of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@contextlib.contextmanager
def counted_as(name: str) -> Generator[None]:
    """What happens within is many tests' and no file's."""
    before = spent()
    try:
        yield
    finally:
        _apart[name] += spent() - before


class Ledger:
    """Adds up what the tests of each file take, in one process that runs tests."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.files = folder, Seconds(float)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        before = spent()
        _apart.setdefault(STARTS, before)
        apart = sum(_apart.values())
        try:
            return (yield)
        finally:
            self.files[item.nodeid.split("::")[0]] += spent() - before - (sum(_apart.values()) - apart)

    def pytest_sessionfinish(self) -> None:
        lines = [f"{seconds}\t{name}\n" for name, seconds in (self.files | _apart).items()]
        (self.folder / f"{os.getpid()}.tsv").write_text("".join(lines))


def report(total: float, written: Seconds) -> str:
    """The lines to print, dearest files first."""
    files = {name: seconds for name, seconds in written.items() if name.endswith(".py")}
    beside = {"the test files": sum(files.values())} | {name: written[name] for name in (STARTS, POSTGRES)}
    parts = "; ".join(f"{name} {seconds / 60:.1f}" for name, seconds in beside.items())
    dearest = [f"{files[name]:7.1f} s  {name}" for name in sorted(files, key=files.__getitem__, reverse=True)[:DEAREST]]
    return "\n".join([f"CPU: {total / 60:.1f} min, of which {parts}; the dearest files:", *dearest])


def _read(folder: Path) -> Seconds:
    written = Seconds(float)
    for file in folder.glob("*.tsv"):
        for line in file.read_text().splitlines():
            seconds, name = line.split("\t")
            written[name] += float(seconds)
    return written


def main(*command: str) -> int:
    """Run a command to its end, then say what it took; its exit code."""
    with tempfile.TemporaryDirectory() as folder:
        code = subprocess.run(command, env=os.environ | {LEDGER: folder}, check=False).returncode
        print(report(_of_children(), _read(Path(folder))), flush=True)
    return code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
