"""Inviting people by a link, one by one or from a table."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from shared.domain.visible import LINE, Written
from shared.wire.lists import Ref
from shared.wire.names import Name
from shared.wire.people import Email, ZoneName
from shared.wire.sessions import Language, Role, Text


class NewInvitation(Written, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`language` is that of the mail, and the account's until the person chooses."""

    email: Email
    name: Annotated[str, Meta(max_length=80, extra=LINE)] = ""
    role: Role = "responder"
    language: Language = "en"
    team_ids: Annotated[tuple[str, ...], Meta(max_length=100)] = ()


class InvitationTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """CSV as a spreadsheet saves it, with the header name, email, role, teams; teams by name, several parted by |."""

    csv: Annotated[str, Meta(min_length=1, max_length=500_000)]
    language: Language = "en"


class Invitation(Struct, frozen=True, kw_only=True):
    """`link` is there for whoever may hand it over; `is_mailed` says that a mail with it was sent too."""

    id: str
    email: str
    name: str
    role: Role
    language: Language
    teams: list[Ref]
    state: Literal["open", "accepted", "withdrawn", "expired"]
    created_at: datetime
    expires_at: datetime
    invited_by: str
    is_mailed: bool
    link: str | None


class Invited(Struct, frozen=True, kw_only=True):
    """Everybody of one table."""

    items: list[Invitation]


class InvitationToken(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    token: Text


class Welcome(Struct, frozen=True, kw_only=True):
    """What somebody with a good link sees before they accept."""

    email: str
    name: str
    role: Role
    language: Language
    teams: list[str]
    invited_by: str
    expires_at: datetime


class Acceptance(Written, frozen=True, kw_only=True, forbid_unknown_fields=True):
    token: Text
    name: Name
    password: Text
    language: Language = "en"
    time_zone: ZoneName = "UTC"
