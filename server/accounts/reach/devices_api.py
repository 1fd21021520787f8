"""Handlers of my phones."""

from datetime import datetime

from litestar import Response, delete, get, post, put
from litestar.params import FromPath, JSONBody

from server.accounts.access.actors import Actor
from server.accounts.access.needs import needs
from server.accounts.access.permissions import READ
from server.accounts.reach.devices import add_phone, list_devices, put_device, remove_device
from server.accounts.sign_in.sessions import SessionRow
from server.kernel.database import Database
from server.kernel.http import Given, Once, path
from server.kernel.secrets import Secrets
from shared.wire import devices as device_wire
from shared.wire import people as wire
from shared.wire import routes
from shared.wire.lists import Page


@get(path(routes.MY_DEVICES), operation_id="listMyDevices", opt=needs(READ), tags=["me"])
async def my_devices(actor: Given[Actor], session: Given[SessionRow], db: Given[Database]) -> Page[device_wire.Device]:
    return Page(items=await list_devices(db, actor, session_id=session.id))


@post(path(routes.MY_DEVICES), operation_id="registerDevice", opt=needs(READ), tags=["me"])
async def add_device(
    data: JSONBody[wire.NewDevice],
    actor: Given[Actor],
    session: Given[SessionRow],
    db: Given[Database],
    secrets: Given[Secrets],
    now: Given[datetime],
    once: Given[Once],
) -> Response[wire.ContactMethod]:
    return await once.carry_out(
        lambda: add_phone(db, actor, data, session=session, secrets=secrets, now=now), status=201
    )


@put(path(routes.MY_DEVICE), operation_id="putDevice", opt=needs(READ), tags=["me"])
async def change_device(
    device_id: FromPath[str],
    data: JSONBody[device_wire.DeviceInput],
    actor: Given[Actor],
    session: Given[SessionRow],
    db: Given[Database],
    secrets: Given[Secrets],
    now: Given[datetime],
    once: Given[Once],
) -> Response[device_wire.Device]:
    return await once.carry_out(
        lambda: put_device(db, actor, device_id, data, session=session, secrets=secrets, now=now)
    )


@delete(path(routes.MY_DEVICE), operation_id="removeDevice", opt=needs(READ), tags=["me"])
async def remove_my_device(
    device_id: FromPath[str], actor: Given[Actor], db: Given[Database], now: Given[datetime]
) -> None:
    await db.apply(await remove_device(db, actor, device_id, now=now))


HANDLERS = [my_devices, add_device, change_device, remove_my_device]
