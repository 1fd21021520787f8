"""Handlers of my phones."""

from litestar import Response, delete, get, post, put
from litestar.params import FromPath, JSONBody

from server.accounts.access.call import Call
from server.accounts.access.needs import needs
from server.accounts.access.permissions import READ
from server.accounts.reach.devices import add_phone, list_devices, put_device, remove_device
from server.accounts.sign_in.sessions import SessionRow
from server.kernel.http import Given, Handlers
from shared.wire import devices as device_wire
from shared.wire import people as wire
from shared.wire import routes
from shared.wire.lists import Page


class MyDevices(Handlers):
    tags = ["me"]
    opt = needs(READ)

    @get(routes.MY_DEVICES, operation_id="listMyDevices")
    async def my_devices(self, call: Given[Call], session: Given[SessionRow]) -> Page[device_wire.Device]:
        return Page(items=await list_devices(call.db, call.actor, session_id=session.id))

    @post(routes.MY_DEVICES, operation_id="registerDevice")
    async def add_device(
        self, call: Given[Call], data: JSONBody[wire.NewDevice], session: Given[SessionRow]
    ) -> Response[wire.ContactMethod]:
        return await call.once(
            lambda: add_phone(call.db, call.actor, data, session=session, secrets=call.secrets, now=call.now),
            status=201,
        )

    @put(routes.MY_DEVICE, operation_id="putDevice")
    async def change_device(
        self,
        call: Given[Call],
        device_id: FromPath[str],
        data: JSONBody[device_wire.DeviceInput],
        session: Given[SessionRow],
    ) -> Response[device_wire.Device]:
        return await call.once(
            lambda: put_device(
                call.db, call.actor, device_id, data, session=session, secrets=call.secrets, now=call.now
            )
        )

    @delete(routes.MY_DEVICE, operation_id="removeDevice")
    async def remove_my_device(self, call: Given[Call], device_id: FromPath[str]) -> None:
        await call.db.apply(await remove_device(call.db, call.actor, device_id, now=call.now))
