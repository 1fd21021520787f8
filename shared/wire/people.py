"""People and teams, and how a person can be reached."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from shared.domain.visible import Written
from shared.wire.lists import Ref
from shared.wire.names import Name
from shared.wire.problems import FieldProblem
from shared.wire.sessions import Language, Role

ZoneName = Annotated[str, Meta(min_length=1, max_length=64)]
Email = Annotated[str, Meta(min_length=3, max_length=254)]


class NewUser(Written, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: Name
    email: Email
    password: Annotated[str, Meta(max_length=1000)]
    role: Role = "responder"
    language: Language = "en"
    time_zone: ZoneName = "UTC"
    team_ids: Annotated[tuple[str, ...], Meta(max_length=100)] = ()


class User(Struct, frozen=True, kw_only=True):
    """A person; `teams` are those that the reader sees, `has_totp` says that a code is asked for at sign-in,
    to whoever manages people and to the person alone."""

    id: str
    name: str
    email: str
    role: Role
    language: Language
    time_zone: str
    deactivated_at: datetime | None
    rev: int
    has_totp: bool = False
    teams: list[Ref] = msgspec.field(default_factory=list[Ref])


class Deactivated(User, frozen=True, kw_only=True):
    """Somebody whose account has ended; `warnings` name the takers who can't be paged (`unreachable`)."""

    warnings: list[FieldProblem] = msgspec.field(default_factory=list[FieldProblem])


class Reactivated(User, frozen=True, kw_only=True):
    """Somebody whose account is active again; `left` are the schedules on which their place ended with it, and on
    which they are on call only once somebody puts them there again."""

    left: list[Ref] = msgspec.field(default_factory=list[Ref])


class UserChange(Written, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What may be changed about somebody else; a field left out stays."""

    name: Name | None = None
    role: Role | None = None
    language: Language | None = None
    time_zone: ZoneName | None = None


class Deactivation(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`takers` says who takes the person's shifts from now on, by schedule id; `*` stands for every other schedule."""

    takers: dict[str, str] = msgspec.field(default_factory=dict[str, str])


class NewTeam(Written, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: Name
    is_private: bool = False
    covers_need_approval: bool = False


class TeamChange(Written, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`covers_need_approval`: a manager has to agree before a colleague stands in."""

    name: Name
    is_private: bool = False
    covers_need_approval: bool = False


class Team(Struct, frozen=True, kw_only=True):
    """`may_edit_members` says whether the reader may; `members` counts those who can sign in."""

    id: str
    name: str
    is_private: bool
    rev: int
    covers_need_approval: bool = False
    members: int = 0
    is_member: bool = False
    may_edit_members: bool = False


class NewMember(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    user_id: str
    is_manager: bool = False


class Member(Struct, frozen=True, kw_only=True):
    user_id: str
    name: str
    is_manager: bool
    email: str = ""
    role: Role = "responder"
    deactivated_at: datetime | None = None


class NewDevice(Written, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A phone that can be paged: `value` is its Firebase installation id or token, or its APNs token."""

    name: Name
    platform: Literal["android", "ios"]
    kind: Literal["fid", "token"] = "token"
    value: Annotated[str, Meta(min_length=1, max_length=4096)]
    sandbox: bool = False


class NewContactMethod(Written, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A mail address, or an address that takes signed POSTs."""

    channel: Literal["email", "webhook"]
    name: Name
    value: Annotated[str, Meta(min_length=3, max_length=2000)]
    secret: Annotated[str, Meta(min_length=16, max_length=200)] | None = None


class ContactMethod(Struct, frozen=True, kw_only=True):
    """`label` is what colleagues may see, `value` what only its owner sees; `dead_reason` says why nothing arrives.

    Nothing is sent to a mail address before `verified_at`, nor anywhere while the installation has no way out to it
    (`can_leave`). `secret` is shown once, when it was made up here.
    """

    id: str
    channel: str
    name: str
    label: str
    created_at: datetime
    dead_at: datetime | None
    dead_reason: str | None
    verified_at: datetime | None = None
    last_receipt_at: datetime | None = None
    value: str | None = None
    secret: str | None = None
    can_leave: bool = True

    @property
    def delivers(self) -> bool:
        """Whether a page would be sent there now."""
        return self.can_leave and self.dead_at is None and self.verified_at is not None


class VerifyContactMethod(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The six digits that were mailed."""

    code: Annotated[str, Meta(min_length=1, max_length=20)]
