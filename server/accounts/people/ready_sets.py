"""Permission sets that an account begins with, ready to be granted; administrators change and remove them as others."""

from datetime import datetime
from pathlib import Path
from typing import Final

from server.accounts.access.permissions import STATUS_EVENTS_EDIT, STATUS_PAGES_EDIT
from server.kernel.database import Writes
from server.kernel.i18n import catalogue
from server.kernel.ids import new_id
from server.tables.accounts import PermissionSet, SetPermission
from shared.wire.roles import Permission
from shared.wire.sessions import Language

SETS: Final[dict[str, tuple[Permission, ...]]] = {
    "status_page_management": (STATUS_PAGES_EDIT,),
    "status_event_management": (STATUS_EVENTS_EDIT,),
}
LOCALE = Path(__file__).parent / "locale"


def add_ready_sets(writes: Writes, language: Language, *, now: datetime) -> None:
    """In the language of whoever begins the account."""
    words = catalogue(LOCALE)
    for name, permissions in SETS.items():
        id = new_id(now)
        writes.insert(
            PermissionSet,
            id=id,
            name=words.text(language, f"set.{name}"),
            description=words.text(language, f"set.{name}_is"),
            permissions=permissions,
            created_at=now,
            rev=1,
        )
        writes.insert_many(
            SetPermission, [{"id": f"{id} {each}", "set_id": id, "permission": each} for each in permissions]
        )
