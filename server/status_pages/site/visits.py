"""Who may see an internal page: a cookie of its own, checked at each visit, that outlasts the database."""

import hmac
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from server.accounts.sign_in.sessions import actor_of, authenticate
from server.accounts.sign_in.sign_in import Origin, sign_in
from server.accounts.sign_in.throttle import Throttle
from server.kernel.clock import from_us, to_us
from server.kernel.database import DRIVER_ERRORS, Database
from server.kernel.errors import Unavailable
from server.kernel.secrets import Secrets
from server.status_pages.site.content import InternalPage
from shared.wire.sessions import Login

COOKIE: Final = "__Host-dogwatch_status"
LASTS: Final = timedelta(hours=12)
PURPOSE: Final = "status page"
MOST_REMEMBERED: Final = 10_000


class Visitor(Struct, frozen=True):
    """A session that a cookie names, until when the cookie holds."""

    session_id: str
    until: datetime

    def signed(self, secrets: Secrets) -> str:
        return f"{self.session_id}.{to_us(self.until)}.{secrets.sign(self._text)}"

    @property
    def _text(self) -> str:
        return f"{PURPOSE} {self.session_id} {to_us(self.until)}"

    def is_signed_by(self, secrets: Secrets, signature: str) -> bool:
        return hmac.compare_digest(secrets.sign(self._text).encode(), signature.encode("utf-8", "replace"))


def visitor_in(cookies: bytes, secrets: Secrets, now: datetime) -> Visitor | None:
    """Of a Cookie header; None for none of ours, or one that is over."""
    for each in cookies.decode("latin-1").split(";"):
        name, _, value = each.strip().partition("=")
        parts = value.split(".")
        if name == COOKIE and len(parts) == 3 and parts[1].isdigit() and len(parts[1]) < 18:
            visitor = Visitor(parts[0], from_us(int(parts[1])))
            if visitor.is_signed_by(secrets, parts[2]) and now < visitor.until:
                return visitor
    return None


@dataclass
class Visits:
    """Looks at each visit who it is; without a database it lets in whom it let in before."""

    db: Database
    secrets: Secrets
    throttle: Throttle
    _let_in: dict[tuple[str, str], None] = field(default_factory=dict[tuple[str, str], None])

    async def may_see(self, visitor: Visitor | None, page: InternalPage, now: datetime) -> bool:
        if visitor is None:
            return False
        seen = (visitor.session_id, page.id)
        try:
            actor = await actor_of(self.db, visitor.session_id, now)
        except (*DRIVER_ERRORS, OSError, Unavailable):
            return seen in self._let_in
        if actor is None or page.team_id not in actor.visible_ids:
            self._let_in.pop(seen, None)
            return False
        if len(self._let_in) >= MOST_REMEMBERED:
            self._let_in.pop(next(iter(self._let_in)))
        self._let_in[seen] = None
        return True

    async def enter(self, given: Login, origin: Origin, now: datetime) -> Visitor:
        """A session as the app has one; raises what signing in raises."""
        tokens = await sign_in(self.db, self.secrets, self.throttle, given, origin=origin, now=now)
        _, session = await authenticate(self.db, tokens.access_token, now)
        return Visitor(session.id, now + LASTS)
