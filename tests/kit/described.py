"""A server with the demo's account behind a real port, and the ids of everything in it."""

# pyright: basic

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx

from server.accounts.people.people import make_user
from server.configuration.demo_account import PASSWORD, make_account
from server.engine import build_engine
from server.kernel.clock import ManualClock
from server.kernel.database import open_database
from server.kernel.secrets import Secrets
from server.kernel.settings import Settings
from server.tables.migrate import bind_tables, engine_for, migrate
from shared.wire.people import NewUser
from tests.kit.processes import PLAIN, answering, free_port, python, running
from tests.kit.stores import SECRET

LISTS = {
    "service_id": "/api/v1/services",
    "integration_id": "/api/v1/integrations",
    "schedule_id": "/api/v1/schedules",
    "policy_id": "/api/v1/escalation-policies",
    "incident_id": "/api/v1/incidents",
    "alert_id": "/api/v1/alerts",
    "event_id": "/api/v1/events",
    "team_id": "/api/v1/teams",
    "user_id": "/api/v1/users",
}


@contextlib.asynccontextmanager
async def described_server(folder: Path) -> AsyncIterator[str]:
    """The address of `dogwatch serve` over the demo's account, a viewer added, with one incident open."""
    database, port = f"sqlite:///{folder / 'described.sqlite'}", free_port()
    settings = Settings(database_url=database)
    bind_tables(engine_for(settings))
    await migrate(settings)
    await _fill(settings)
    env = {"DATABASE_URL": database, "DOGWATCH_PORT": str(port), "DOGWATCH_SECRET_KEY": SECRET, "LOG_LEVEL": "error"}
    url = f"http://127.0.0.1:{port}"
    async with running(*python("server.cli", "serve"), log=folder / "serve.log", env=env):
        await answering(f"{url}/health")
        yield url


async def _fill(settings: Settings) -> None:
    db = await open_database(settings)
    clock = ManualClock((await db.clock()).now())
    await build_engine(settings, db, clock, Secrets(SECRET))
    await make_account(db, Secrets(SECRET), clock.now())
    viewer = NewUser(name="Vera", email="viewer@example.com", password=PASSWORD, role="viewer")
    writes, _ = await make_user(db, viewer, now=clock.now())
    await db.apply(writes)
    await db.close()


def token_of(url: str, email: str) -> str:
    """A fresh access token."""
    answer = httpx.post(f"{url}/api/v1/auth/login", json={"email": email, "password": PASSWORD}, verify=PLAIN)
    assert answer.status_code == 200, answer.text
    return answer.json()["access_token"]


def real_ids(url: str, token: str) -> dict[str, list[str]]:
    """Ids of everything that an administrator sees, by the name that paths give them."""
    found: dict[str, list[str]] = {}
    with httpx.Client(base_url=url, headers={"authorization": f"Bearer {token}"}, verify=PLAIN) as client:
        for name, path in LISTS.items():
            items: list[Any] = client.get(path).json()["items"]
            found[name] = [item["id"] for item in items]
    return found
