"""What we install is written down with its licence, and asking about it never mistakes silence for good news."""

import asyncio
import json
from http import HTTPStatus
from typing import Any

import pytest

from tests.architecture.sources import ROOT
from tests.kit import advisories, licences
from tests.kit.fake_http import Reply, running
from tests.kit.fake_webhook import FakeWebhook

LOCKED = (
    "anyio==4.14.0 \\\n    --hash=sha256:00\nhttpx[http2]==0.28.1 ; python_version < '4' \\\n    --hash=sha256:11\n"
)


def test_every_locked_package_is_in_the_list_of_licences() -> None:
    listed = licences.PAGE.read_text("utf-8")
    locked = advisories.locked(advisories.LOCK.read_text("utf-8"))
    assert len(locked) > 100
    assert [each for each in locked if f"| {each[0]} | {each[1]} |" not in listed] == []


def test_the_licence_is_apaches_and_the_package_says_so() -> None:
    text = (ROOT / "LICENSE").read_text("utf-8")
    assert "Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text
    assert 'license = "Apache-2.0"' in (ROOT / "pyproject.toml").read_text("utf-8")


def test_a_lock_is_read_whatever_stands_around_a_version() -> None:
    assert advisories.locked(LOCKED) == [("anyio", "4.14.0"), ("httpx", "0.28.1")]


@pytest.mark.parametrize(
    ("reply", "code", "said"),
    [
        (Reply(body=json.dumps({"results": [{}, {}]})), advisories.FINE, "0 with advisories"),
        (Reply(body=json.dumps({"results": [{}, {"vulns": [{"id": "X-1"}]}]})), advisories.FOUND, "httpx 0.28.1: X-1"),
        (Reply(body=json.dumps({"results": [{}]})), advisories.NOT_LOOKED, "NOT LOOKED"),
        (Reply(body="<html>sign in to this network</html>"), advisories.NOT_LOOKED, "NOT LOOKED"),
        (Reply(status=HTTPStatus.BAD_GATEWAY), advisories.NOT_LOOKED, "NOT LOOKED"),
        (Reply(drop=True), advisories.NOT_LOOKED, "NOT LOOKED"),
    ],
)
async def test_it_says_when_it_could_not_look(
    reply: Any, code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    async with running(FakeWebhook()) as there:
        there.answer(reply)
        assert await asyncio.to_thread(advisories.main, there.url(), LOCKED) == code
    assert said in capsys.readouterr().out


def test_nobody_there_is_not_looked(capsys: pytest.CaptureFixture[str]) -> None:
    assert advisories.main("http://127.0.0.1:9/", LOCKED) == advisories.NOT_LOOKED
    assert "NOT LOOKED" in capsys.readouterr().out
