"""ARCHITECTURE.md names the functions that carry an alert to a push and a swipe to its end; neither walk grows long."""

import re
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from server.delivery.enqueue import SEND
from server.escalation.runs import ADVANCE
from server.kernel.database import Database, Priority, Writes
from server.kernel.outbound import Outbound
from server.serving import Server
from tests.architecture.walking import ROOT, name_of, standing, tasks_followed
from tests.kit.client import Client
from tests.kit.providers import Providers
from tests.pages.conftest import providers as providers
from tests.stories.test_one_alert import only_incident
from tests.stories.test_pages_leave_for_real import page, set_up

PAGE = (ROOT / "ARCHITECTURE.md").read_text()
STEP = re.compile(r"^\| `([^`]+)` \|", re.MULTILINE)
CARRIERS = (ADVANCE, SEND[Priority.PAGE])
"""Due rows by which the alert is handed on."""


def written(heading: str) -> list[str]:
    """The steps of a walk, as its section of the page names them."""
    (section,) = re.findall(rf"^### {heading}\n(.*?)(?=^##)", PAGE, re.MULTILINE | re.DOTALL)
    return STEP.findall(section)


def hands_on(text: str, kind: object) -> bool:
    """Whether a statement hands the alert on, or ends its run."""
    if text.startswith(("INSERT INTO due ", "DELETE FROM due ")):
        return kind in CARRIERS
    return text.startswith(('INSERT INTO "event" ', "UPDATE delivery SET state = 'cancelled'"))


@dataclass
class Walk:
    """The functions that stood on the stack at its moments, each once, in the order in which they came."""

    functions: dict[str, None] = field(default_factory=dict[str, None])

    def note(self, *beyond: str) -> None:
        self.functions |= dict.fromkeys([*standing(), *beyond])

    def follow(self, db: Database, patch: pytest.MonkeyPatch, *, reads: str | None = None) -> None:
        """Note who decides each write that hands on, who commits it, who sends, and who reads what is named."""
        store: Any = db._store
        sql, apply, fetch, request = Writes.sql, store.apply, store.fetch, Outbound.request

        def noted_sql(writes: Writes, text: str, /, **args: Any) -> Writes:
            if hands_on(text, args.get("kind")):
                self.note()
            return sql(writes, text, **args)

        async def noted_apply(writes: Writes, priority: Priority) -> Any:
            if any(hands_on(write.text, write.args.get("kind")) for write in writes):
                self.note()
            return await apply(writes, priority)

        async def noted_fetch(text: str, values: Any, priority: Priority) -> Any:
            if reads is not None and reads in text:
                self.note()
            return await fetch(text, values, priority)

        async def noted_request(outbound: Outbound, *args: Any, **more: Any) -> Any:
            self.note(name_of(request.__code__))
            return await request(outbound, *args, **more)

        patch.setattr(Writes, "sql", noted_sql)
        patch.setattr(store, "apply", noted_apply)
        patch.setattr(store, "fetch", noted_fetch)
        patch.setattr(Outbound, "request", noted_request)


def served(providers: Providers) -> httpx.AsyncClient:
    """The application as the process that serves it hands it to uvicorn."""
    world = providers.world
    given: Any = Server(world.app, world.engine.settings, lambda: None, grace_s=1).config.app
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=given), base_url="http://localhost")


async def test_both_walks_are_short_and_as_the_page_says(providers: Providers, monkeypatch: pytest.MonkeyPatch) -> None:
    _, ana, _, address = await set_up(providers)
    await providers.add_android(ana)
    alert, swipe = Walk(), Walk()
    incidents = "/api/v1/incidents"
    async with served(providers) as http:
        monkeypatch.setattr(providers.world, "nobody", Client(http))
        known = Client(http, ana.token)
        await known.get(incidents)
        with tasks_followed():
            with monkeypatch.context() as patch:
                alert.follow(providers.world.db, patch)
                await page(providers, address)
            assert len(providers.fcm.requests) == 1
            incident = await only_incident(ana)
            with monkeypatch.context() as patch:
                swipe.follow(providers.world.db, patch, reads="FROM permission_grant")
                await known.post(f"{incidents}/{incident['id']}/acknowledge")
    assert list(alert.functions) == written("An alert becomes a push")
    assert list(swipe.functions) == written("A swipe stops a run")
    assert len(alert.functions) <= 28
    assert len(swipe.functions) <= 24
