"""What visitors of a public page send: an address, its confirmation, another scope, the end of a subscription.

Reading changes nothing, so that programs that follow the links of mails do no harm; every change is a POST.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import parse_qs

import structlog
from litestar.types import HTTPScope, Receive, Send

from server.kernel.clock import Clock
from server.kernel.database import DRIVER_ERRORS, Database, Writes
from server.kernel.errors import DogwatchError, Invalid, TooManyRequests, Unavailable
from server.kernel.http import address_of
from server.kernel.secrets import Secrets
from server.kernel.settings import Settings
from server.status_pages.read import load_event
from server.status_pages.site.answers import Headers, send_answer
from server.status_pages.site.content import SiteContent, load_shell
from server.status_pages.site.pages import HTML, SitePages
from server.status_pages.site.view import SiteView
from server.status_pages.subscribers.asking import ask_to_subscribe, is_full
from server.status_pages.subscribers.rows import (
    SubscriberRow,
    change_subscriber,
    confirm,
    find_subscriber,
    remove,
)
from server.status_pages.subscribers.tokens import confirmed_by, manage_token, managed_by
from shared.domain.status.subscribing import Scope
from shared.wire import routes
from shared.wire.sessions import Language

log = structlog.get_logger()
LONGEST_FORM_BYTES: Final = 32 * 1024
MOST_FIELDS: Final = 300
SUBSCRIBE, CONFIRM, MANAGE, UNSUBSCRIBE = "subscribe", "confirm", "manage", "unsubscribe"
PATHS: Final = frozenset({SUBSCRIBE, CONFIRM, MANAGE, UNSUBSCRIBE})
Fields = dict[str, list[str]]
_ID = re.compile(r"[0-9a-zA-Z-]{1,64}")


@dataclass(frozen=True)
class SiteForms:
    """Answers with small pages that look like the page they belong to."""

    db: Database
    clock: Clock
    settings: Settings
    secrets: Secrets

    async def __call__(self, page_id: str, below: str, scope: HTTPScope, receive: Receive, send: Send) -> None:
        """A request for one of `PATHS`, below a public page."""
        is_post = scope["method"] == "POST"
        fields = await fields_of(receive) if is_post else {}
        query = _fields(scope["query_string"])
        token = _first(fields, "t") or _first(query, "t")
        try:
            root = f"{self.settings.api_url}{routes.STATUS_SITES}"
            content = await load_shell(self.db, page_id, root=root)
            status, body = await self._answer(content, below, token, fields, scope, is_post=is_post)
        except (*DRIVER_ERRORS, OSError, Unavailable) as error:
            log.warning("status_pages.form_failed", error=str(error))
            status, body = 503, b""
        more: Headers = [
            (b"content-type", HTML.encode()),
            (b"content-security-policy", b"frame-ancestors 'none'"),
            (b"cache-control", b"no-store"),
        ]
        await send_answer(send, status, more, body, is_head=scope["method"] == "HEAD")

    async def _answer(
        self, content: SiteContent | None, below: str, token: str, fields: Fields, scope: HTTPScope, *, is_post: bool
    ) -> tuple[int, bytes]:
        if content is None:
            return 404, b""
        answer = _Answer(content, self.db, self.secrets, self.settings, self.clock.now(), token, fields)
        if below == SUBSCRIBE:
            return await answer.subscribe(address_of(scope, self.settings.trusted_proxies))
        if below == CONFIRM:
            return await answer.confirm(is_post=is_post)
        if below == MANAGE:
            return await answer.manage(is_post=is_post)
        return await answer.unsubscribe(is_post=is_post)


@dataclass(frozen=True)
class _Answer:
    """One request; the page of its subscriber must be the one it was sent to."""

    content: SiteContent
    db: Database
    secrets: Secrets
    settings: Settings
    now: datetime
    token: str
    fields: Fields

    async def subscribe(self, origin: str) -> tuple[int, bytes]:
        language: Language = "zh" if _first(self.fields, "language") == "zh" else "en"
        if not self.content.page.takes_subscribers:
            return 409, self._page(language, "form.refused", "form.closed", is_problem=True)
        if await is_full(self.db, self.settings, self.content.page.id):
            return 409, self._page(language, "form.refused", "form.full", is_problem=True)
        try:
            await ask_to_subscribe(
                self.db,
                self.secrets,
                self.content.page.id,
                email=_first(self.fields, "email").strip(),
                scope=_scope_of(self.fields, is_for_all=_first(self.fields, "scope") not in ("some", "event")),
                language=language,
                origin=origin,
                now=self.now,
            )
        except Invalid as refusal:
            said = "form.nothing_chosen" if refusal.errors[0].field == "scope" else "form.bad_email"
            return 400, self._page(language, "form.refused", said, is_problem=True)
        except TooManyRequests:
            return 429, self._page(language, "form.refused", "form.too_many", is_problem=True)
        return 200, self._page(language, "form.asked", "form.asked_text")

    async def confirm(self, *, is_post: bool) -> tuple[int, bytes]:
        found = await self._of_page(confirmed_by(self.secrets, self.token, self.now))
        if found is None:
            return self._bad_link()
        if not is_post:
            return 200, self._page(
                found.language, "form.confirm", "form.confirm_text", action=CONFIRM, button="form.confirm"
            )
        if found.confirmed_at is None:
            if await is_full(self.db, self.settings, self.content.page.id):
                return 409, self._page(found.language, "form.refused", "form.full", is_problem=True)
            writes = Writes()
            confirm(writes, found.id, now=self.now)
            await self.db.apply(writes)
        manage = f"{MANAGE}?t={manage_token(self.secrets, found.id)}"
        return 200, self._page(found.language, "form.confirmed", "form.confirmed_text", manage=manage)

    async def manage(self, *, is_post: bool) -> tuple[int, bytes]:
        found = await self._of_page(managed_by(self.secrets, self.token))
        if found is None:
            return self._bad_link()
        if is_post:
            scope = _scope_of(self.fields, is_for_all=bool(_first(self.fields, "everything")))
            known = {each.id for each in self.content.living}
            scope = Scope(
                is_for_all=scope.is_for_all,
                component_ids=tuple(id for id in scope.component_ids if id in known),
                event_ids=tuple(id for id in scope.event_ids if id in found.event_ids),
            )
            language: Language = "zh" if _first(self.fields, "language") == "zh" else "en"
            if scope.is_empty:
                return await self._remove(found, language)
            writes = Writes()
            change_subscriber(writes, found.id, scope, language=language)
            await self.db.apply(writes)
            found = await find_subscriber(self.db, found.id) or found
        return 200, await self._managing(found, is_saved=is_post)

    async def unsubscribe(self, *, is_post: bool) -> tuple[int, bytes]:
        """In one click from a mail program, which sends no cookie and follows no redirect (RFC 8058)."""
        id = managed_by(self.secrets, self.token)
        if id is None:
            return self._bad_link()
        found = await self._of_page(id)
        language = found.language if found is not None else self.content.page.language
        if found is not None and not is_post:
            return 200, self._page(
                language, "form.unsubscribe", "form.unsubscribe_text", action=UNSUBSCRIBE, button="form.unsubscribe"
            )
        return await self._remove(found, language)

    async def _remove(self, found: SubscriberRow | None, language: Language) -> tuple[int, bytes]:
        if found is not None:
            writes = Writes()
            remove(writes, [found.id])
            await self.db.apply(writes)
        return 200, self._page(language, "form.gone", "form.gone_text")

    async def _of_page(self, id: str | None) -> SubscriberRow | None:
        found = await find_subscriber(self.db, id)
        return found if found is not None and found.page_id == self.content.page.id else None

    def _bad_link(self) -> tuple[int, bytes]:
        return 404, self._page(self.content.page.language, "form.refused", "form.bad_link", is_problem=True)

    async def _managing(self, found: SubscriberRow, *, is_saved: bool) -> bytes:
        events: list[tuple[str, str]] = []
        for id in found.event_ids:
            try:
                title = (await load_event(self.db, self.content.page.id, id)).row.title
            except DogwatchError:
                continue
            events.append((id, title.said(found.language, self.content.page.language)))
        return self._page(
            found.language,
            "form.manage_title",
            "form.saved" if is_saved else "",
            action=MANAGE,
            button="form.save",
            manages=True,
            scope=found.scope,
            events=events,
            unsubscribe=f"{UNSUBSCRIBE}?t={self.token}",
        )

    def _page(
        self,
        language: Language,
        heading: str,
        text: str,
        *,
        action: str = "",
        button: str = "",
        manages: bool = False,
        scope: Scope = Scope(),  # noqa: B008 frozen
        **shown: Any,
    ) -> bytes:
        view = SiteView(self.content, language, self.now)
        words = view.words
        name = self.content.page.name
        values: dict[str, Any] = {
            "heading": words(heading),
            "text": words(text, name=name) if text else "",
            "is_problem": False,
            "action": action,
            "button": words(button) if button else "",
            "token": self.token,
            "manages": manages,
            "scope": scope,
            "components": view.choices(),
            "events": (),
            "chosen": language,
            "manage": "",
            "unsubscribe": "",
        }
        return SitePages(self.content).form(view, **(values | shown))


def _scope_of(fields: Fields, *, is_for_all: bool) -> Scope:
    """What a form chose; ids are looked at by whoever keeps them."""
    ids = {name: tuple(filter(_ID.fullmatch, fields.get(name, ()))) for name in ("component", "event")}
    if is_for_all:
        return Scope(is_for_all=True, event_ids=ids["event"])
    return Scope(is_for_all=False, component_ids=ids["component"], event_ids=ids["event"])


async def fields_of(receive: Receive) -> Fields:
    """A small form as browsers send it; empty for what is too large, or no form."""
    body = b""
    while True:
        message: Any = await receive()
        body += message.get("body", b"")
        if len(body) > LONGEST_FORM_BYTES:
            return {}
        if message["type"] != "http.request" or not message.get("more_body", False):
            break
    return _fields(body)


def _fields(text: bytes) -> Fields:
    try:
        return parse_qs(text.decode("utf-8"), max_num_fields=MOST_FIELDS)
    except ValueError:
        return {}


def _first(fields: Fields, name: str) -> str:
    return fields[name][0] if fields.get(name) else ""
