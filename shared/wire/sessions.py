"""Signing in, and who I am."""

from typing import Literal

from msgspec import Struct

from shared.wire.lists import Ref

Role = Literal["owner", "admin", "manager", "responder", "viewer"]
Language = Literal["en", "zh"]


class Login(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    email: str
    password: str
    totp: str | None = None


class Refresh(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    refresh_token: str


class Setup(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Makes the first administrator; `token` comes from the link that `dogwatch serve` prints once."""

    token: str
    name: str
    email: str
    password: str
    language: Language = "en"
    time_zone: str = "UTC"


class Tokens(Struct, frozen=True, kw_only=True):
    access_token: str
    refresh_token: str
    expires_in_s: int


class Server(Struct, frozen=True, kw_only=True):
    """The installation that answers; `demo` means that nothing leaves its machine."""

    name: str
    version: str
    demo: bool = False


class Me(Struct, frozen=True, kw_only=True):
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


class MeChange(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What I may change about myself; a field left out stays."""

    name: str | None = None
    language: Language | None = None
    time_zone: str | None = None
