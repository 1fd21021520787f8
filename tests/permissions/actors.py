"""Who asks in the matrices, and what the design lets each of them do where. Written by hand, like the table."""

from typing import Final, Literal, NamedTuple

from tests.permissions.reviewed import (
    ACT,
    CONFIGURATION,
    MEMBERS,
    PEOPLE,
    READ,
    SCHEDULES,
    STATUS_EVENTS,
    STATUS_PAGES,
    Row,
)

Place = Literal["own", "other", "private"]
PLACES: Final[tuple[Place, ...]] = ("own", "other", "private")

VIEWER: Final = frozenset({READ})
RESPONDER: Final = VIEWER | {ACT, SCHEDULES}
MANAGER: Final = RESPONDER | {CONFIGURATION, STATUS_EVENTS, STATUS_PAGES, MEMBERS}
EVERYTHING: Final = MANAGER | {PEOPLE}
CLERK: Final = VIEWER | {PEOPLE}
NOTHING: Final[frozenset[str]] = frozenset()


class Holds(NamedTuple):
    """What somebody holds: `account` everywhere, the next three for what each team owns; `is_let_in` false: 401.

    `act_where_seen`: they act on incidents of teams that are not theirs.
    """

    account: frozenset[str]
    own: frozenset[str]
    other: frozenset[str] | None
    private: frozenset[str] | None
    act_where_seen: bool = False
    is_key: bool = False
    is_admin: bool = False
    is_let_in: bool = True

    @property
    def anywhere(self) -> frozenset[str]:
        seen = frozenset({ACT}) if self.act_where_seen else NOTHING
        return self.account.union(self.own, self.other or (), self.private or (), seen)

    def at(self, place: Place) -> frozenset[str] | None:
        """None for a team that they don't see."""
        return self.own if place == "own" else self.other if place == "other" else self.private


ADMIN: Final = Holds(EVERYTHING, EVERYTHING, EVERYTHING, EVERYTHING, is_admin=True)
NOBODY: Final = Holds(NOTHING, NOTHING, NOTHING, None, is_let_in=False)
ACTORS: Final[dict[str, Holds]] = {
    "owner": ADMIN,
    "admin": ADMIN,
    "manager": Holds(VIEWER, MANAGER, VIEWER, None, act_where_seen=True),
    "responder": Holds(VIEWER, RESPONDER, VIEWER, None, act_where_seen=True),
    "viewer": Holds(VIEWER, VIEWER, VIEWER, None),
    "clerk": Holds(CLERK, CLERK, CLERK, None),
    "granted": Holds(VIEWER, VIEWER, MANAGER, None),
    "let in": Holds(VIEWER, VIEWER, VIEWER, VIEWER | {ACT}),
    "key of the manager": Holds(VIEWER, MANAGER, VIEWER, None, act_where_seen=True, is_key=True),
    "key of the team": Holds(NOTHING, MANAGER, None, None, is_key=True),
    "key with the wrong scope": Holds(NOTHING, NOTHING, NOTHING, None, is_key=True),
    "expired key": NOBODY,
    "deactivated": NOBODY,
    "anonymous": NOBODY,
}

LET_THROUGH: Final = 200


def expected(row: Row, holds: Holds, place: Place, *, is_theirs: bool) -> int:
    """The status that the table gives, LET_THROUGH for any of success; `is_theirs`: a `self` row about themselves."""
    if row.owner == "public":
        return LET_THROUGH
    if not holds.is_let_in:
        return 401
    if row.permission not in holds.anywhere or (holds.is_key and row.owner in ("self", "keys")):
        return 403
    if row.owner == "everybody":
        return LET_THROUGH
    if row.owner in ("account", "administrators"):
        is_enough = row.permission in holds.account and (row.owner == "account" or holds.is_admin)
        return LET_THROUGH if is_enough else 403
    if row.owner == "person":
        return LET_THROUGH if is_theirs or PEOPLE in holds.account else 403
    unseen = 400 if row.named == "body" else 404
    if row.owner == "self":
        return LET_THROUGH if is_theirs else unseen
    if row.owner in ("recipient", "keys"):
        return LET_THROUGH if is_theirs or holds.is_admin else unseen
    return _of_team(row, holds, place, unseen, is_theirs=is_theirs)


def _of_team(row: Row, holds: Holds, place: Place, unseen: int, *, is_theirs: bool) -> int:
    held = holds.at(place)
    if held is None:
        return unseen
    if row.owner == "asked":
        return LET_THROUGH if is_theirs else 403
    if holds.is_key and row.closed_to_keys:
        return 403
    if row.owner == "seen" and holds.act_where_seen:
        held = held | {ACT}
    return LET_THROUGH if (row.there or row.permission) in held else 403
