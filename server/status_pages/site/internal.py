"""Internal pages: rendered for members who signed in, kept in memory alone, and nothing of them for anybody else."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

import msgspec
import structlog
from litestar.types import HTTPScope, Receive, Send

from server.accounts.sign_in.sign_in import Origin
from server.kernel.clock import Clock
from server.kernel.database import DRIVER_ERRORS, Database
from server.kernel.errors import DogwatchError, Unavailable
from server.kernel.http import address_of
from server.kernel.revisions import revision
from server.kernel.settings import Settings
from server.status_pages.revisions import page_revision
from server.status_pages.site.answers import Headers, Held, answer, chosen_language, hold, send_answer
from server.status_pages.site.content import InternalPage, SiteContent, load_content
from server.status_pages.site.forms import fields_of
from server.status_pages.site.pages import HTML, STYLE, Safe, policy_of, template
from server.status_pages.site.render import all_files, files_of_now
from server.status_pages.site.visits import COOKIE, LASTS, Visits, visitor_in
from server.status_pages.site.words import SiteWords
from shared.wire import routes
from shared.wire.sessions import Language, Login

log = structlog.get_logger()
AGAIN: Final = timedelta(minutes=1)
SIGN_IN: Final = "sign-in"
KNOWN_REFUSALS: Final = frozenset({"bad_credentials", "totp_required", "bad_totp"})
LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")


@dataclass
class _Shown:
    """A page as this process rendered it last."""

    content: SiteContent
    rev: int
    at: datetime
    files: dict[str, Held] = field(default_factory=dict[str, Held])


class InternalSites:
    """Serves internal pages to whoever is signed in and sees their team."""

    def __init__(self, db: Database, clock: Clock, settings: Settings, visits: Visits) -> None:
        self.db, self.clock, self.settings, self.visits = db, clock, settings, visits
        self.pages: dict[str, InternalPage] = {}
        self._root = f"{settings.api_url}{routes.STATUS_SITES}"
        self._shown: dict[str, _Shown] = {}

    def now_there(self, pages: list[InternalPage]) -> None:
        """These are all internal pages that there are."""
        self.pages = {each.slug: each for each in pages}
        ids = {each.id for each in pages}
        self._shown = {id: shown for id, shown in self._shown.items() if id in ids}

    async def __call__(self, page: InternalPage, below: str, scope: HTTPScope, receive: Receive, send: Send) -> None:
        """A request for a page's path; whoever isn't known gets the form, whatever the path."""
        now = self.clock.now()
        headers: dict[bytes, bytes] = dict(scope["headers"])
        if scope["method"] == "POST" and below == SIGN_IN:
            await self._sign_in(headers, scope, receive, send)
            return
        visitor = visitor_in(headers.get(b"cookie", b""), self.visits.secrets, now)
        if not await self.visits.may_see(visitor, page, now):
            await self._form(send, below, headers, refused="not_yours" if visitor is not None else "")
            return
        if scope["method"] not in ("GET", "HEAD"):
            await send_answer(send, 405, [(b"allow", b"GET, HEAD")], b"", is_head=False)
            return
        shown = await self._current(page, now)
        if shown is None:
            await self._form(send, below, headers)
            return
        language: Language = shown.content.page.language
        status, more, body = answer(shown.files.get, language, below, headers, query=scope["query_string"])
        await send_answer(send, status, _unkept(more), body, is_head=scope["method"] == "HEAD")

    async def _current(self, page: InternalPage, now: datetime) -> _Shown | None:
        """The page of now, or the last one that could be read."""
        shown = self._shown.get(page.id)
        try:
            rev = await revision(self.db, page_revision(page.id))
            if shown is None or shown.rev != rev:
                content = await load_content(self.db, page.id, root=self._root, is_public=False)
                if content is None:
                    return None
                made = await asyncio.to_thread(lambda: dict(all_files(content, now)))
                shown = _Shown(content, rev, now, {path: hold(file.body) for path, file in made.items()})
                self._shown[page.id] = shown
            elif now - shown.at >= AGAIN:
                content = shown.content
                made = await asyncio.to_thread(lambda: dict(files_of_now(content, now)))
                shown.files |= {path: hold(file.body) for path, file in made.items()}
                shown.at = now
        except (*DRIVER_ERRORS, OSError, Unavailable) as error:
            log.warning("status_pages.not_refreshed", error=str(error))
        return shown

    async def _sign_in(self, headers: dict[bytes, bytes], scope: HTTPScope, receive: Receive, send: Send) -> None:
        if not self._is_secure(headers):
            await self._form(send, SIGN_IN, headers, refused="not_secure")
            return
        given = await _form_of(receive)
        email = given.get("email", "")
        if not _is_from_here(headers) or given == {}:
            await self._form(send, SIGN_IN, headers, refused="other", email=email)
            return
        now = self.clock.now()
        device = headers.get(b"user-agent", b"").decode("latin-1")[:200]
        origin = Origin(address_of(scope, self.settings.trusted_proxies), device)
        try:
            login = msgspec.convert(
                {"email": email, "password": given.get("password", ""), "totp": given.get("totp") or None}, Login
            )
            visitor = await self.visits.enter(login, origin, now)
        except (DogwatchError, msgspec.ValidationError) as refusal:
            code = getattr(refusal, "code", "")
            refused = code if code in KNOWN_REFUSALS else "other"
            await self._form(send, SIGN_IN, headers, refused=refused, email=email)
            return
        cookie = f"{COOKIE}={visitor.signed(self.visits.secrets)}; Path=/; Secure; HttpOnly; SameSite=Lax"
        cookie += f"; Max-Age={LASTS // timedelta(seconds=1)}"
        go: Headers = [(b"location", b"./"), (b"set-cookie", cookie.encode()), (b"cache-control", b"no-store")]
        await send_answer(send, 303, go, b"", is_head=False)

    def _is_secure(self, headers: dict[bytes, bytes]) -> bool:
        """Over https, or to this machine itself: nowhere else would a browser keep such a cookie."""
        host = urlsplit(f"//{headers.get(b'host', b'').decode('latin-1')}").hostname or ""
        return self.settings.public_url.startswith("https:") or host in LOOPBACK

    async def _form(
        self, send: Send, below: str, headers: dict[bytes, bytes], *, refused: str = "", email: str = ""
    ) -> None:
        """It says nothing of the page, not even what it is called."""
        chosen = chosen_language(headers) or headers.get(b"accept-language", b"").decode("latin-1").lower()
        language: Language = "zh" if chosen.startswith("zh") else "en"
        words = SiteWords(language, "UTC")
        is_possible = self._is_secure(headers)
        problem = words(f"refused.{refused}") if refused else "" if is_possible else words("refused.not_secure")
        made = template("sign_in.html").render(
            words=words,
            style=Safe(STYLE),
            action="../" * below.count("/") + SIGN_IN,
            problem=problem,
            is_possible=is_possible,
            email=email,
        )
        policy = policy_of(STYLE, posts=True) + "; frame-ancestors 'none'"
        more: Headers = [
            (b"content-type", HTML.encode()),
            (b"content-security-policy", policy.encode()),
            (b"cache-control", b"no-store"),
        ]
        await send_answer(send, 401, more, made.encode(), is_head=False)


def _unkept(headers: Headers) -> Headers:
    """Nobody keeps a copy, and no other site reads it."""
    dropped = (b"cache-control", b"access-control-allow-origin", b"cross-origin-resource-policy")
    return [*(each for each in headers if each[0] not in dropped), (b"cache-control", b"no-store")]


async def _form_of(receive: Receive) -> dict[str, str]:
    """The first value of each field; empty for what is too large, or no form."""
    return {name: values[0] for name, values in (await fields_of(receive)).items()}


def _is_from_here(headers: dict[bytes, bytes]) -> bool:
    """Not a form of another site: browsers say where one stood, older ones by its origin alone."""
    if fetched := headers.get(b"sec-fetch-site", b""):
        return fetched in (b"same-origin", b"none")
    origin = headers.get(b"origin", b"").decode("latin-1")
    return not origin or urlsplit(origin).netloc.lower() == headers.get(b"host", b"").decode("latin-1").lower()
