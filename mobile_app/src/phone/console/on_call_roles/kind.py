"""On-call roles: in which part somebody is on call, shared by every schedule."""

from typing import Any, ClassVar, Final

from phone.base.permissions import may
from phone.base.places import place
from phone.console.form.kind import Health, Kind, Known, Section, name_field
from phone.console.layers.layer_sentence import role_name
from phone.console.schedules.kind import SCHEDULES_EDIT
from shared.wire import routes
from shared.wire.on_call_roles import OnCallRole, OnCallRoleInput

NAME_LENGTH: Final = 40


NAME: Final = place(OnCallRoleInput, lambda role: role.name)


class OnCallRoles(Kind[OnCallRole, OnCallRoleInput]):
    """Primary and backup are built in and have a name in every language."""

    slug: ClassVar[str] = "on-call-roles"
    audited_as: ClassVar[str] = "on_call_role"
    list_path: ClassVar[str] = routes.ON_CALL_ROLES
    item_path: ClassVar[str] = routes.ON_CALL_ROLE
    is_listed_only: ClassVar[bool] = True
    permission: ClassVar[str] = SCHEDULES_EDIT
    item = OnCallRole
    input = OnCallRoleInput

    def title(self, known: Known, item: OnCallRole) -> str:
        return role_name(known, item.id) if item.is_built_in else item.name

    def order(self, item: OnCallRole) -> Any:
        return (not item.is_built_in, item.id != "primary" if item.is_built_in else item.name.casefold())

    def summary(self, known: Known, item: OnCallRole) -> str:
        words = known.words
        return words("summary.on_call_role", count=item.used_by) if item.used_by else words("summary.on_call_role_free")

    def health(self, known: Known, item: OnCallRole) -> Health | None:
        return Health("quiet", known.words("health.built_in")) if item.is_built_in else None

    def is_allowed(self, known: Known, item: OnCallRole | None) -> bool:
        """Every schedule shares them, so only who may edit every schedule changes them."""
        return may(known.me, self.permission, None)

    def may_change(self, known: Known, item: OnCallRole | None) -> bool:
        return not (item is not None and item.is_built_in) and super().may_change(known, item)

    def may_remove(self, known: Known, item: OnCallRole) -> bool:
        return not item.is_built_in and super().may_remove(known, item)

    def blank(self, known: Known) -> OnCallRoleInput:
        del known
        return OnCallRoleInput(name="")

    def sections(self, known: Known, draft: OnCallRoleInput, item: OnCallRole | None) -> list[Section[OnCallRoleInput]]:
        words = known.words
        if item is not None and item.is_built_in:
            return []
        name = name_field(known, NAME, hint=words("hint.on_call_role"), half=False, limit=NAME_LENGTH)
        return [Section(title=words("section.on_call_role"), help=words("help.on_call_role"), fields=(name,))]
