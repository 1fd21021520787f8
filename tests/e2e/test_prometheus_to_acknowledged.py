"""The truth: a rule fires in Prometheus, phones are paged, a browser acknowledges, the rule recovers."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.kit.browser import chromium, open_app, sign_in
from tests.kit.installation import ADMIN, FIRST_ADMIN, Api, dogwatch, paged
from tests.kit.needs import needed
from tests.kit.processes import answering, free_port, running, until

LEVEL_S = 6

PROMETHEUS = """
global: {{scrape_interval: 1s, evaluation_interval: 1s}}
rule_files: [{folder}/rules.yml]
alerting: {{alertmanagers: [{{static_configs: [{{targets: ["127.0.0.1:{alertmanager}"]}}]}}]}}
scrape_configs: [{{job_name: checkout, static_configs: [{{targets: ["127.0.0.1:{target}"]}}]}}]
"""
RULES = """
groups:
- name: checkout
  rules:
  - alert: CheckoutErrors
    expr: checkout_error_ratio > 0.05
    labels: {severity: critical}
    annotations: {summary: Checkout errors above 5 %}
"""
ALERTMANAGER = """
route: {{receiver: dogwatch, group_by: [alertname], group_wait: 0s, group_interval: 1s, repeat_interval: 1h}}
receivers: [{{name: dogwatch, webhook_configs: [{{url: "{url}", send_resolved: true}}]}}]
"""


@dataclass
class Target:
    """What Prometheus scrapes: one number that the test sets."""

    ratio: float = 0.0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            await reader.readuntil(b"\r\n\r\n")
            body = f"checkout_error_ratio {self.ratio}\n".encode()
            head = f"HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\nContent-Length: {len(body)}\r\n"
            writer.write(head.encode() + b"Connection: close\r\n\r\n" + body)
            await writer.drain()
        writer.close()


async def configure(api: Api) -> str:
    """Ana is level 1, Bo level 2; returns the address for Alertmanager."""
    await api.sign_in(**ADMIN)
    team = await api.call("POST", "/api/v1/teams", {"name": "Payments"})
    levels: list[dict[str, Any]] = []
    for name in ("Ana", "Bo"):
        new = {"name": name, "email": f"{name.lower()}@example.com", "password": f"{name} has a long password"}
        user = await api.call("POST", "/api/v1/users", new | {"team_ids": [team["id"]]})
        person = await Api(api.url).sign_in(new["email"], new["password"])
        await person.call("POST", "/api/v1/me/devices", {"name": f"{name}'s", "platform": "android", "value": name})
        levels.append({"targets": [{"kind": "user", "id": user["id"]}], "delay_s": LEVEL_S})
    levels[1]["delay_s"] = 3600
    policy = await api.call(
        "POST", "/api/v1/escalation-policies", {"name": "Payments", "team_id": team["id"], "levels": levels}
    )
    service = await api.call(
        "POST", "/api/v1/services", {"name": "checkout", "team_id": team["id"], "policy_id": policy["id"]}
    )
    integration = await api.call(
        "POST", "/api/v1/integrations", {"name": "am", "source": "alertmanager", "service_id": service["id"]}
    )
    return str(integration["ingest_url"])


@contextlib.asynccontextmanager
async def monitoring(folder: Path, ingest_url: str) -> AsyncIterator[Target]:
    """A real Prometheus and a real Alertmanager over one scraped number."""
    target = Target()
    scraped = await asyncio.start_server(target.serve, "127.0.0.1", 0)
    ports = {"target": scraped.sockets[0].getsockname()[1], "alertmanager": free_port()}
    port = free_port()
    (folder / "rules.yml").write_text(RULES)
    (folder / "prometheus.yml").write_text(PROMETHEUS.format(folder=folder, **ports))
    (folder / "alertmanager.yml").write_text(ALERTMANAGER.format(url=ingest_url))
    async with (
        running(
            str(needed("prometheus-alertmanager")),
            f"--config.file={folder / 'alertmanager.yml'}",
            f"--storage.path={folder / 'am'}",
            f"--web.listen-address=127.0.0.1:{ports['alertmanager']}",
            "--cluster.listen-address=",
            log=folder / "alertmanager.log",
        ),
        running(
            str(needed("prometheus")),
            f"--config.file={folder / 'prometheus.yml'}",
            f"--storage.tsdb.path={folder / 'tsdb'}",
            f"--web.listen-address=127.0.0.1:{port}",
            log=folder / "prometheus.log",
        ),
        scraped,
    ):
        await answering(f"http://127.0.0.1:{port}/-/ready")
        await answering(f"http://127.0.0.1:{ports['alertmanager']}/-/ready")
        yield target


@pytest.mark.browser
@pytest.mark.needs("prometheus", "prometheus-alertmanager")
async def test_a_rule_fires_and_somebody_answers_in_the_app(tmp_path: Path) -> None:
    async with dogwatch(tmp_path, FIRST_ADMIN) as (api, site, pushes):
        ingest_url = await configure(api)
        async with monitoring(tmp_path, ingest_url) as target, chromium() as browser:
            page = await open_app(browser, site)
            await sign_in(page, "bo@example.com", "Bo has a long password")
            target.ratio = 0.08
            await until("level 1 is paged", lambda: _when(paged(pushes) == ["Ana"]))
            await until("level 2 is paged", lambda: _when(paged(pushes) == ["Ana", "Bo"]))
            await page.get_by_role("button", name=re.compile("^Acknowledge")).first.click()
            incident = await until("it is acknowledged", lambda: _in_state(api, "acknowledged"))
            assert incident["acknowledged_by"]["name"] == "Bo"
            detail = await api.call("GET", f"/api/v1/incidents/{incident['id']}")
            assert detail["escalation"]["state"] == "stopped"
            target.ratio = 0.01
            await until("it is resolved", lambda: _in_state(api, "resolved"))
            assert paged(pushes) == ["Ana", "Bo"]
            kinds = [
                entry["kind"]
                for entry in (await api.call("GET", f"/api/v1/incidents/{incident['id']}/timeline"))["items"]
            ]
            assert kinds == [
                "opened", "level_paged", "page_accepted", "level_paged", "page_accepted", "acknowledged",
                "alerts_recovered", "resolved",
            ]  # fmt: skip


async def _when(condition: bool) -> bool | None:
    return condition or None


async def _in_state(api: Api, state: str) -> dict[str, Any] | None:
    incident = await api.incident()
    return incident if incident and incident["state"] == state else None
