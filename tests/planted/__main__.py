"""Plant each bug on a copy of the tree and see that its tests notice: `python -m tests.planted [-j N] [names]`.

Names are whole bugs' names, or beginnings of lines ("10.A", "12.8"). Ends with 1 unless every bug was caught.
"""

import argparse
import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

from tests.architecture.sources import ROOT
from tests.planted.bugs import Bug, load_bugs

AT_MOST_S = 300
EACH_AT_MOST_S = 60
LEFT_OUT = shutil.ignore_patterns(".*", "build", "docs", "node_modules", "*.sqlite*")
CHEAP = ("-k", "not postgres")
"""Most bugs are caught before a PostgreSQL is started; the others meet all of their tests."""
CAUGHT, SURVIVED, STALE, BROKEN = "caught", "SURVIVED", "stale", "BROKEN"
VERDICTS = {0: SURVIVED, 1: CAUGHT}
"""By pytest's exit code; any other means that nothing was tested, such as a bug that can't be imported."""


def main() -> int:
    given = argparse.ArgumentParser(prog="python -m tests.planted", description=__doc__)
    given.add_argument("-j", type=int, default=1, metavar="N", help="copies to work on at the same time")
    given.add_argument("-v", action="store_true", help="show what the tests say of each bug")
    given.add_argument("--unplanted", action="store_true", help="run the tests once without a bug: all must pass")
    given.add_argument("names", nargs="*", help="bugs' names, or beginnings of lines")
    said = given.parse_args()
    every = load_bugs()
    if nothing := [name for name in said.names if not any(is_chosen(bug, [name]) for bug in every)]:
        given.error(f"no such bug: {', '.join(nothing)}")
    bugs = [bug for bug in every if is_chosen(bug, said.names)]
    with _copies(max(1, said.j)) as copies:
        if said.unplanted:
            return _run_unplanted(copies.get(), bugs, said.j)
        with ThreadPoolExecutor(max(1, said.j)) as pool:
            try:
                verdicts = Counter(pool.map(lambda bug: _try(bug, copies, is_wordy=said.v), bugs))
            except KeyboardInterrupt:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
    print(", ".join(f"{count} {verdict}" for verdict, count in verdicts.items()))
    return int(verdicts[CAUGHT] < len(bugs))


def is_chosen(bug: Bug, names: list[str]) -> bool:
    return not names or any(name == bug.name or _begins(bug.line, name) for name in names)


def _begins(line: str, name: str) -> bool:
    """10.A1 is not the beginning of 10.A14."""
    return line.startswith(name) and not (name[-1].isdigit() and line[len(name) :][:1].isdigit())


@contextlib.contextmanager
def _copies(count: int) -> Iterator["SimpleQueue[Path]"]:
    """Copies of the working tree, changes that aren't committed included; they share its .venv."""
    copies: SimpleQueue[Path] = SimpleQueue()
    with tempfile.TemporaryDirectory(prefix="planted-") as folder:
        for number in range(count):
            copy = Path(folder) / str(number)
            shutil.copytree(ROOT, copy, ignore=LEFT_OUT)
            for shared in (".venv", "docs"):
                (copy / shared).symlink_to(ROOT / shared)
            _check_place(copy)
            copies.put(copy)
        yield copies


def _check_place(copy: Path) -> None:
    """A copy that tests the original would let every bug survive."""
    text = (
        "import server, shared, phone, tests; print(server.__file__, shared.__file__, phone.__file__, tests.__file__)"
    )
    said = subprocess.run([_python(copy), "-c", text], cwd=copy, env=_env(copy), capture_output=True, text=True)
    if (places := said.stdout.split()) and all(Path(place).is_relative_to(copy) for place in places):
        return
    raise SystemExit(f"a copy's modules are not its own: {said.stdout or said.stderr}")


def _python(copy: Path) -> Path:
    return copy / ".venv" / "bin" / "python"


def _env(copy: Path) -> dict[str, str]:
    """Processes that tests start import the copy too. Byte code comes along; what is planted is compiled each time."""
    path = os.pathsep.join(str(copy / part) for part in ("", "mobile_app/src"))
    return os.environ | {"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}


def _try(bug: Bug, copies: "SimpleQueue[Path]", *, is_wordy: bool) -> str:
    copy = copies.get()
    file = copy / bug.file
    text = file.read_text("utf-8")
    said = ""
    try:
        if (planted := bug.planted_in(text)) is None:
            verdict = STALE
        else:
            file.write_text(planted, "utf-8")
            verdict, said = _run(copy, bug.tests, "-x", *CHEAP)
            if verdict != CAUGHT:
                verdict, said = _run(copy, bug.tests, "-x")
    finally:
        shutil.copy2(ROOT / bug.file, file)
        copies.put(copy)
    by = re.search(r"^(?:FAILED|ERROR) (\S.*?)(?: - |$)", said, re.MULTILINE)
    print(f"{verdict:9} {bug.line:7} {bug.name}" + (f"  by {by[1]}" if by and verdict == CAUGHT else ""), flush=True)
    if is_wordy or verdict == BROKEN:
        print(said, flush=True)
    return verdict


def _run_unplanted(copy: Path, bugs: list[Bug], at_once: int) -> int:
    """A test that fails anyway catches nothing."""
    tests = tuple(dict.fromkeys(test for bug in bugs for test in bug.tests))
    verdict, said = _run(copy, tests, "-n", str(at_once), "--dist", "worksteal", at_most_s=AT_MOST_S * len(tests))
    print(said)
    return int(verdict != SURVIVED)


def _run(copy: Path, tests: tuple[str, ...], *options: str, at_most_s: float = AT_MOST_S) -> tuple[str, str]:
    """The verdict on the copy as it stands, and what pytest said."""
    command = [_python(copy), "-m", "pytest", "-q", "-p", "no:cacheprovider", "-o", f"timeout={EACH_AT_MOST_S}"]
    process = subprocess.Popen(
        [*command, *options, *tests],
        cwd=copy,
        env=_env(copy),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        said, _ = process.communicate(timeout=at_most_s)
    except subprocess.TimeoutExpired:
        return CAUGHT, "FAILED - hangs"
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
    return VERDICTS.get(process.returncode, BROKEN), said


if __name__ == "__main__":
    sys.exit(main())
