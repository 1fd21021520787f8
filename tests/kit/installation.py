"""A whole installation as processes of its own: server, app, and a fake push provider."""

import contextlib
import json
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import httpx

from tests.kit.certificates import Authority
from tests.kit.processes import PLAIN, answering, first_line, free_port, python, running, until

ADMIN = {"email": "admin@example.com", "password": "a long enough password"}
FIRST_ADMIN = {"DOGWATCH_ADMIN_EMAIL": ADMIN["email"], "DOGWATCH_ADMIN_PASSWORD": ADMIN["password"]}


class Api:
    """The server's API as its administrator uses it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._headers: dict[str, str] = {}

    async def call(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        async with httpx.AsyncClient(base_url=self.url, headers=self._headers, timeout=20, verify=PLAIN) as client:
            answer = await client.request(method, path, json=body, **more)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    async def sign_in(self, email: str, password: str) -> "Api":
        tokens = await self.call("POST", "/api/v1/auth/login", {"email": email, "password": password})
        self._headers["authorization"] = f"Bearer {tokens['access_token']}"
        return self

    async def incident(self) -> dict[str, Any] | None:
        items = (await self.call("GET", "/api/v1/incidents"))["items"]
        return items[0] if items else None


async def paged_by_webhook(api: Api, hook: str, *, delay_s: int = 3600, levels: int = 1) -> dict[str, str]:
    """Whoever is signed in has a webhook and is every level of a policy; ids as a new service wants them."""
    me = await api.call("GET", "/api/v1/me")
    await api.call("POST", "/api/v1/me/contact-methods", {"channel": "webhook", "name": "hook", "value": hook})
    team = await api.call("POST", "/api/v1/teams", {"name": "Ops"})
    level = {"targets": [{"kind": "user", "id": me["id"]}], "delay_s": delay_s}
    policy = {"name": "Ops", "team_id": team["id"], "levels": [level] * levels}
    made = await api.call("POST", "/api/v1/escalation-policies", policy)
    return {"team_id": team["id"], "policy_id": made["id"]}


@contextlib.asynccontextmanager
async def dogwatch(folder: Path, settings: Mapping[str, str] | None = None) -> AsyncIterator[tuple[Api, str, Path]]:
    """Fake FCM, server and app as processes of their own; gives the API, the app's address, the pushes' log."""
    ca, credentials, pushes = folder / "ca.pem", folder / "firebase.json", folder / "pushes.jsonl"
    Authority.at(ca)
    api_port, app_port = free_port(), free_port()
    url, site = f"http://127.0.0.1:{api_port}", f"http://127.0.0.1:{app_port}"
    fake = python("tests.kit.fake_fcm", "--log", str(pushes), "--ca", str(ca), "--credentials", str(credentials))
    async with running(*fake, log=folder / "fcm.log"):
        fcm_port = await until("the fake listens", first_line(folder / "fcm.log"))
        env = {
            "DATABASE_URL": f"sqlite:///{folder / 'dogwatch.sqlite'}",
            "DOGWATCH_PORT": str(api_port),
            "FCM_CREDENTIALS": str(credentials),
            "FCM_ENDPOINT": f"https://localhost:{fcm_port}",
            "SSL_CERT_FILE": str(ca),
            "DOGWATCH_APP_PORT": str(app_port),
            **(settings or {}),
        }
        async with (
            running(*python("server.cli", "serve"), log=folder / "serve.log", env=env),
            running(*python("server.cli", "app"), log=folder / "app.log", env=env),
        ):
            await answering(f"{url}/health")
            await answering(site)
            yield Api(url), site, pushes


def paged(pushes: Path) -> list[str]:
    """Whose phones FCM has taken a page for, in order."""
    if not pushes.exists():
        return []
    sent = [json.loads(line) for line in pushes.read_text().splitlines()]
    messages = [each["json"]["message"] for each in sent if each["path"].endswith("messages:send")]
    return [message["token"] for message in messages if message["data"]["kind"] != "cleared"]
