"""Links that stand for one row: computed from its id and the secret key, so that no database holds them."""

import base64
import hmac
import re

from server.kernel.secrets import Secrets
from server.kernel.settings import Settings

INVITATION, RESET, FEED = "dwi", "dwp", "dwc"
_TOKEN = re.compile(r"(?P<kind>dwi|dwp|dwc)_(?P<id>[0-9a-f-]{36})_[A-Za-z0-9_-]{43}")


def link_token(secrets: Secrets, kind: str, id: str, turn: int = 0) -> str:
    """What lets its holder in for this row; a later `turn` ends the one before."""
    proof = base64.urlsafe_b64encode(secrets.derived(f"{kind} {id} {turn}")).rstrip(b"=").decode()
    return f"{kind}_{id}_{proof}"


def id_in(token: str, kind: str) -> str | None:
    """The row that a token claims to stand for; nothing is proved by it."""
    match = _TOKEN.fullmatch(token)
    return match["id"] if match and match["kind"] == kind else None


def is_link_token(secrets: Secrets, token: str, kind: str, id: str, turn: int = 0) -> bool:
    return hmac.compare_digest(link_token(secrets, kind, id, turn), token)


def invitation_link(settings: Settings, secrets: Secrets, id: str, turn: int) -> str:
    return f"{settings.app_url}/invite/{link_token(secrets, INVITATION, id, turn)}"


def reset_link(settings: Settings, secrets: Secrets, id: str) -> str:
    return f"{settings.app_url}/reset/{link_token(secrets, RESET, id)}"
