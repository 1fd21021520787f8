"""Signing in, and who I am."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from shared.domain.visible import LINE, Written
from shared.wire.lists import Ref

Role = Literal["owner", "admin", "manager", "responder", "viewer"]
Language = Literal["en", "zh"]
Text = Annotated[str, Meta(max_length=1000)]
OwnName = Annotated[str, Meta(max_length=1000, extra=LINE)]
Token = Annotated[str, Meta(max_length=10_000)]
"""Anything that claims to be a token; what is none is refused as such, not as malformed."""


class Login(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """`totp` is the code of the moment or a recovery code, asked for by 401 `totp_required`.

    `previous` is a refresh token that this device had before, of whatever age: who was signed in here is not kept out
    by what others try, and is signed out when it was somebody else.
    """

    email: Text
    password: Text
    totp: Text | None = None
    previous: Token | None = None


class SignInProof(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What I sign in with, once more: asked for by 403 `fresh_sign_in_required`; `totp` where a second factor is on."""

    password: Text
    totp: Text | None = None


class Refresh(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    refresh_token: Token


class Setup(Written, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Makes the first administrator; `token` comes from the link that `dogwatch serve` prints once."""

    token: Text
    name: OwnName
    email: Text
    password: Text
    language: Language = "en"
    time_zone: Text = "UTC"


class Tokens(Struct, frozen=True, kw_only=True):
    access_token: str
    refresh_token: str
    expires_in_s: int


class Server(Struct, frozen=True, kw_only=True):
    """The installation that answers; `demo` means that nothing leaves its machine.

    Its public pages stand below `public_url`, without a slash at its end.
    """

    name: str
    version: str
    demo: bool = False
    public_url: str = ""


class Me(Struct, frozen=True, kw_only=True):
    """`permissions` hold somewhere, `account_permissions` in the whole account; `team_permissions` tells, by team id,
    those that hold for what the team owns, and `object_permissions`, by an object's id, what was granted for it alone.

    At the first `rev` nobody has told the account its language and zone.
    """

    id: str
    name: str
    email: str
    role: Role
    language: Language
    time_zone: str
    teams: list[Ref]
    permissions: list[str]
    server: Server
    rev: int
    has_totp: bool = False
    account_permissions: list[str] = msgspec.field(default_factory=list[str])
    team_permissions: dict[str, list[str]] = msgspec.field(default_factory=dict[str, list[str]])
    object_permissions: dict[str, list[str]] = msgspec.field(default_factory=dict[str, list[str]])


class MeChange(Written, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What I may change about myself; a field left out stays."""

    name: OwnName | None = None
    language: Language | None = None
    time_zone: Text | None = None


class SessionItem(Struct, frozen=True, kw_only=True):
    """One signed-in device; `is_current` marks the one that asks."""

    id: str
    device: str
    created_at: datetime
    last_seen_at: datetime
    is_current: bool
