"""Permission sets: what may be granted to people beside their role."""

from collections.abc import Sequence
from typing import Any, ClassVar, Final

from phone.base.places import Place, place
from phone.console.form.kind import PEOPLE_EDIT, Bound, Draft, Health, Kind, Known, Section, name_field
from phone.kit.form_field import Option
from shared.wire import routes
from shared.wire.roles import Permission, PermissionSet, RoleInput

PERMISSIONS: Final = (
    "read",
    "incidents:act",
    "schedules:edit",
    "configuration:edit",
    "status_events:edit",
    "status_pages:edit",
    "members:edit",
    "people:edit",
)
ACCOUNT_ROLES: Final = ("owner", "admin", "manager", "responder", "viewer")


NAME: Final = place(RoleInput, lambda role: role.name)
DESCRIPTION: Final = place(RoleInput, lambda role: role.description)
HELD: Final = place(RoleInput, lambda role: role.permissions)


class Roles(Kind[PermissionSet, RoleInput]):
    """The roles of accounts stand here too, to be read: they are what they are."""

    slug: ClassVar[str] = "roles"
    audited_as: ClassVar[str] = "role"
    list_path: ClassVar[str] = routes.ROLES
    item_path: ClassVar[str] = routes.ROLE
    permission: ClassVar[str] = PEOPLE_EDIT
    item = PermissionSet
    input = RoleInput

    def title(self, known: Known, item: PermissionSet) -> str:
        return known.words.first(f"role.{item.name}", "role.other", name=item.name) if item.built_in else item.name

    def order(self, item: PermissionSet) -> Any:
        rank = ACCOUNT_ROLES.index(item.name) if item.built_in and item.name in ACCOUNT_ROLES else 0
        return (item.built_in, rank, item.name.casefold())

    def summary(self, known: Known, item: PermissionSet) -> str:
        return known.words("summary.role", permissions=permissions_said(known, item.permissions))

    def health(self, known: Known, item: PermissionSet) -> Health | None:
        return Health("quiet", known.words("health.built_in")) if item.built_in else None

    def may_change(self, known: Known, item: PermissionSet | None) -> bool:
        return super().may_change(known, item) and not (item is not None and item.built_in)

    def may_remove(self, known: Known, item: PermissionSet) -> bool:
        return super().may_remove(known, item) and not item.built_in

    def blank(self, known: Known) -> RoleInput:
        del known
        return RoleInput(name="", permissions=("read",))

    def sections(self, known: Known, draft: RoleInput, item: PermissionSet | None) -> list[Section[RoleInput]]:
        words = known.words
        if item is not None and item.built_in:
            held = (permissions_field(known, HELD),)
            return [Section(title=words("field.role"), help=words("help.role_built_in"), fields=held)]
        return [
            Section(
                title=words("section.role"),
                help=words("help.role"),
                fields=(
                    name_field(known, NAME, hint=words("hint.role"), half=False),
                    Bound(at=DESCRIPTION, label=words("field.description"), form="lines"),
                    permissions_field(known, HELD),
                ),
            )
        ]

    def effect(self, known: Known, draft: RoleInput) -> list[str]:
        return [known.words("summary.role", permissions=permissions_said(known, draft.permissions))]


def permissions_field(
    known: Known, at: Place[Draft, tuple[Permission, ...]], among: Sequence[str] = PERMISSIONS
) -> Bound[Draft]:
    """What may be done, to be ticked."""
    return Bound(
        at=at,
        label=known.words("field.permissions"),
        form="checks",
        options=tuple(Option(value=each, label=permission_said(known, each)) for each in among),
        required=True,
    )


def permission_said(known: Known, permission: str) -> str:
    """A permission as a reader says it."""
    key = f"permission.{permission.replace(':', '_')}"
    return known.words(key) if known.words.has(key) else permission


def permissions_said(known: Known, permissions: Sequence[str]) -> str:
    """Several of them in a row."""
    return known.words.names([permission_said(known, each) for each in permissions])
