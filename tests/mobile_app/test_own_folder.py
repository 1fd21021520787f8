"""The app's folder goes with its process, however that ends."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from mobile_app.own_folder import HELD, OwnFolder, remove_leftovers

ROOT = Path(__file__).parents[2]
WITHIN_S = 60.0


async def started(tmp: Path) -> asyncio.subprocess.Process:
    """The app of its own process, once it has its pages."""
    where = [sys.executable, str(ROOT / "mobile_app" / "web.py"), "--port", "0"]
    process = await asyncio.create_subprocess_exec(*where, env={**os.environ, "TMPDIR": str(tmp)}, cwd=ROOT)
    async with asyncio.timeout(WITHIN_S):
        while not list(tmp.glob("dogwatch-app-*/manifest.json")):
            assert process.returncode is None
            await asyncio.sleep(0.05)
    return process


async def test_an_ended_app_takes_its_folder_along_and_a_killed_ones_is_removed_by_the_next(tmp_path: Path) -> None:
    killed = await started(tmp_path)
    [left] = tmp_path.iterdir()
    killed.send_signal(signal.SIGKILL)
    await killed.wait()
    assert left.exists()
    ended = await started_anew(tmp_path, left)
    assert not left.exists()
    ended.send_signal(signal.SIGTERM)
    async with asyncio.timeout(WITHIN_S):
        await ended.wait()
    assert list(tmp_path.iterdir()) == []


async def started_anew(tmp: Path, left: Path) -> asyncio.subprocess.Process:
    (left / "manifest.json").unlink()
    process = await started(tmp)
    await asyncio.sleep(0)
    return process


def test_what_somebody_holds_or_is_making_stays(tmp_path: Path) -> None:
    held, closed = OwnFolder(tmp_path), OwnFolder(tmp_path)
    making = tmp_path / "dogwatch-app-making"
    making.mkdir()
    closed.close()
    closed.close()
    remove_leftovers(tmp_path)
    assert sorted(tmp_path.iterdir()) == sorted([held.path, making])
    held.close()
    assert list(tmp_path.iterdir()) == [making]


def test_a_folder_that_nobody_holds_any_more_is_a_leftover(tmp_path: Path) -> None:
    left = tmp_path / "dogwatch-app-left"
    left.mkdir()
    (left / HELD).touch()
    (left / "index.html").touch()
    OwnFolder(tmp_path).close()
    assert not left.exists()


def test_a_folder_goes_with_what_holds_it(tmp_path: Path) -> None:
    folder = OwnFolder(tmp_path)
    del folder
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", [HELD])
def test_a_link_in_place_of_the_lock_is_not_followed(tmp_path: Path, name: str) -> None:
    other = tmp_path / "kept"
    other.write_text("mine")
    left = tmp_path / "dogwatch-app-odd"
    left.mkdir()
    (left / name).symlink_to(other)
    remove_leftovers(tmp_path)
    assert other.read_text() == "mine"
    assert left.exists()
