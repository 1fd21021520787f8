"""Handlers of status pages: what they are made of, their pictures, their templates, their uptime."""

from litestar import Response, delete, get, post, put
from litestar.params import FromPath, JSONBody

from server.accounts.access.call import Call, Edit
from server.accounts.access.needs import needs
from server.accounts.access.permissions import READ, STATUS_PAGES_EDIT
from server.kernel.database import Writes
from server.kernel.http import Given, Handlers
from server.status_pages.components import read_components, save_components
from server.status_pages.images import remove_image, save_image
from server.status_pages.pages import archive_page, list_pages, save_page, visible_page
from server.status_pages.templates import list_templates, remove_template, save_template
from server.status_pages.uptime import read_uptime
from shared.wire import routes
from shared.wire import status_pages as wire
from shared.wire.lists import Page

EDIT = needs(STATUS_PAGES_EDIT)


class StatusPages(Handlers):
    tags = ["status pages"]
    opt = needs(READ)

    @get(routes.STATUS_PAGES, operation_id="listStatusPages")
    async def pages(self, call: Given[Call]) -> Page[wire.StatusPage]:
        return Page(items=await list_pages(call.db, call.actor))

    @get(routes.STATUS_PAGE, operation_id="readStatusPage")
    async def page(self, call: Given[Call], status_page_id: FromPath[str]) -> wire.StatusPage:
        return await visible_page(call.db, call.actor, status_page_id)

    @post(routes.STATUS_PAGES, operation_id="makeStatusPage", opt=EDIT)
    async def add_page(self, call: Given[Call], data: JSONBody[wire.StatusPageInput]) -> Response[wire.StatusPage]:
        return await call.once(
            lambda: save_page(call.db, call.actor, data, call.settings, id=None, rev=None, now=call.now), status=201
        )

    @put(routes.STATUS_PAGE, operation_id="changeStatusPage", opt=EDIT)
    async def change_page(
        self, edit: Given[Edit], status_page_id: FromPath[str], data: JSONBody[wire.StatusPageInput]
    ) -> Response[wire.StatusPage]:
        return await edit.once(
            lambda: save_page(edit.db, edit.actor, data, edit.settings, id=status_page_id, rev=edit.rev, now=edit.now)
        )

    @delete(routes.STATUS_PAGE, operation_id="archiveStatusPage", opt=EDIT)
    async def remove_page(self, edit: Given[Edit], status_page_id: FromPath[str]) -> None:
        await edit.db.apply(await archive_page(edit.db, edit.actor, status_page_id, rev=edit.rev, now=edit.now))

    @get(routes.STATUS_UPTIME, operation_id="readStatusUptime")
    async def uptime(self, call: Given[Call], status_page_id: FromPath[str]) -> wire.StatusUptime:
        """Over the last 90 days of the page's zone, with every day of each component."""
        return await read_uptime(call.db, call.actor, status_page_id, call.now)


class StatusComponents(Handlers):
    tags = ["status pages"]
    opt = needs(READ)

    @get(routes.STATUS_COMPONENTS, operation_id="readStatusComponents")
    async def components(self, call: Given[Call], status_page_id: FromPath[str]) -> wire.Components:
        return await read_components(call.db, call.actor, status_page_id, call.now)

    @put(routes.STATUS_COMPONENTS, operation_id="changeStatusComponents", opt=EDIT)
    async def put_components(
        self, edit: Given[Edit], status_page_id: FromPath[str], data: JSONBody[wire.ComponentsInput]
    ) -> Response[wire.Components]:
        """All groups and components in their order; If-Match is the page's rev."""

        async def decide() -> tuple[Writes, None]:
            return await save_components(
                edit.db, edit.actor, status_page_id, data, edit.settings, rev=edit.rev, now=edit.now
            ), None

        return await edit.once(decide, reread=lambda: read_components(edit.db, edit.actor, status_page_id, edit.now))

    @put(routes.STATUS_IMAGE, operation_id="changeStatusImage", opt=EDIT, status_code=204)
    async def put_image(
        self, call: Given[Call], status_page_id: FromPath[str], slot: FromPath[str], data: JSONBody[wire.ImageInput]
    ) -> Response[None]:
        """`slot` is logo, logo_dark or favicon."""
        return await call.done(lambda: save_image(call.db, call.actor, status_page_id, slot, data, now=call.now))

    @delete(routes.STATUS_IMAGE, operation_id="removeStatusImage", opt=EDIT)
    async def delete_image(self, call: Given[Call], status_page_id: FromPath[str], slot: FromPath[str]) -> None:
        await call.db.apply(await remove_image(call.db, call.actor, status_page_id, slot, now=call.now))


class StatusTemplates(Handlers):
    tags = ["status pages"]
    opt = needs(READ)

    @get(routes.STATUS_TEMPLATES, operation_id="listStatusTemplates")
    async def templates(self, call: Given[Call], status_page_id: FromPath[str]) -> Page[wire.StatusTemplate]:
        return Page(items=await list_templates(call.db, call.actor, status_page_id))

    @post(routes.STATUS_TEMPLATES, operation_id="makeStatusTemplate", opt=EDIT)
    async def add_template(
        self, call: Given[Call], status_page_id: FromPath[str], data: JSONBody[wire.StatusTemplateInput]
    ) -> Response[wire.StatusTemplate]:
        return await call.once(
            lambda: save_template(call.db, call.actor, status_page_id, data, id=None, rev=None, now=call.now),
            status=201,
        )

    @put(routes.STATUS_TEMPLATE, operation_id="changeStatusTemplate", opt=EDIT)
    async def change_template(
        self,
        edit: Given[Edit],
        status_page_id: FromPath[str],
        template_id: FromPath[str],
        data: JSONBody[wire.StatusTemplateInput],
    ) -> Response[wire.StatusTemplate]:
        return await edit.once(
            lambda: save_template(edit.db, edit.actor, status_page_id, data, id=template_id, rev=edit.rev, now=edit.now)
        )

    @delete(routes.STATUS_TEMPLATE, operation_id="removeStatusTemplate", opt=EDIT)
    async def delete_template(
        self, edit: Given[Edit], status_page_id: FromPath[str], template_id: FromPath[str]
    ) -> None:
        await edit.db.apply(
            await remove_template(edit.db, edit.actor, status_page_id, template_id, rev=edit.rev, now=edit.now)
        )
