"""Requests of our own app in the browser: it says for whom it asks, and proves with a key of ours that it is it."""

import hmac
from typing import Any, Final

from litestar.types import Scope

from server.kernel.secrets import Secrets

SAID: Final = b"x-dogwatch-app"
VARIABLE: Final = "DOGWATCH_APP_KEY"
"""How the app's process is given the key; whoever runs it elsewhere puts its host into TRUSTED_PROXIES instead."""


def app_key(secrets: Secrets) -> str:
    return secrets.token("dwx", "the app in the browser")


def name_the_browser(scope: Scope, key: str) -> None:
    """A request of the app comes from the browser that it serves."""
    known: Any = scope
    headers: dict[bytes, bytes] = dict(known.get("headers") or ())
    if SAID in headers and hmac.compare_digest(headers[SAID], key.encode()):
        address = headers.get(b"x-forwarded-for", b"").decode("latin-1").strip()
        if address:
            known["client"] = (address, 0)
