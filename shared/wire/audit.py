"""Who changed what, and when."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from shared.domain.differences import Difference


class AuditEntry(Struct, frozen=True, kw_only=True):
    """One change; `verb` is what was done, such as made, changed, removed, acknowledged.

    `differences` has an empty `field` where nothing stood before or nothing is left: the whole object is its value.
    Secrets are shown as dots.
    """

    id: str
    at: datetime
    actor_kind: Literal["user", "api_key", "system"]
    actor_id: str | None
    actor_name: str
    verb: str
    object_kind: str
    object_id: str
    object_name: str
    team_id: str | None
    differences: list[Difference]
