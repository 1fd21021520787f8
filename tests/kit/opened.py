"""The app that has opened at an address: as a responder's phone, or as an administrator's tablet."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from phone.console.roles.kind import PERMISSIONS
from tests.kit.fake_api import FakeApi
from tests.kit.headless_app import BUTTONS, HeadlessApp, texts_of


@asynccontextmanager
async def at(route: str, api: FakeApi | None = None, *, width: float = 412) -> AsyncGenerator[HeadlessApp]:
    """There, and drawn."""
    async with HeadlessApp(api, width=width) as app:
        await app.goto(route)
        await app.settle(0.1)
        yield app


@asynccontextmanager
async def administrator(
    route: str, *, width: float = 1280, api: FakeApi | None = None, role: Any = "admin"
) -> AsyncGenerator[HeadlessApp]:
    """With every permission; another role has those that it has anyway."""
    api = api or FakeApi()
    api.as_role(role, *(PERMISSIONS[1:] if role in ("admin", "owner") else ("incidents:act",)))
    async with at(route, api, width=width) as app:
        yield app


def label(app: HeadlessApp, key: str) -> str:
    """What stands on a button, or is said of it."""
    return " ".join(texts_of(next(each for each in app.controls() if isinstance(each, BUTTONS) and each.key == key)))


def posts(app: HeadlessApp) -> list[tuple[str, dict[str, Any]]]:
    """What was sent to the Console's paths."""
    return [(path, body) for method, path, body in app.api.console.written if method == "POST"]
