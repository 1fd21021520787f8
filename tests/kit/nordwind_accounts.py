"""The same account's permission sets, invitations and keys, and what a person who leaves holds."""

from datetime import timedelta
from typing import Any

from shared.wire.api_keys import ApiKey
from shared.wire.invitations import Invitation
from shared.wire.lists import Ref
from shared.wire.problems import FieldProblem
from shared.wire.roles import Grant, GrantScope, PermissionSet
from tests.kit.night import ANA, BO, NOW, PAYMENTS, PLATFORM, PRIMARY, SECONDARY, ago


def roles() -> list[PermissionSet]:
    def held(name: Any, *permissions: Any) -> PermissionSet:
        return PermissionSet(
            id=name, name=name, description="", permissions=["read", *permissions], built_in=True, rev=1
        )

    return [
        held("viewer"),
        held("responder", "incidents:act", "schedules:edit"),
        held(
            "manager",
            "incidents:act",
            "schedules:edit",
            "configuration:edit",
            "status_events:edit",
            "status_pages:edit",
            "members:edit",
        ),
        held(
            "admin",
            "incidents:act",
            "schedules:edit",
            "configuration:edit",
            "status_events:edit",
            "status_pages:edit",
            "members:edit",
            "people:edit",
        ),
        PermissionSet(
            id="r-rota",
            name="Rota planners",
            description="Plan shifts of teams that they are not in.",
            permissions=["read", "schedules:edit"],
            built_in=False,
            rev=2,
        ),
    ]


def grants() -> list[Grant]:
    scope = GrantScope(kind="team", id=PLATFORM.id)
    return [
        Grant(
            id="g-1",
            user_id=BO.id,
            role=Ref("r-rota", "Rota planners"),
            permissions=["read", "schedules:edit"],
            scope=scope,
            scope_name=PLATFORM.name,
        )
    ]


def invitation(id: str, email: str, name: str, state: Any, **given: Any) -> Invitation:
    fields: dict[str, Any] = {
        "role": "responder",
        "language": "en",
        "teams": [PAYMENTS],
        "created_at": NOW - timedelta(days=2),
        "expires_at": NOW + timedelta(days=5),
        "invited_by": ANA.name,
        "is_mailed": False,
        "link": f"https://dogwatch.nordwind.example/invite/dwi.{id}" if state == "open" else None,
    }
    return Invitation(id=id, email=email, name=name, state=state, **{**fields, **given})


def invitations() -> list[Invitation]:
    return [
        invitation("v-lea", "lea@nordwind.example", "Lea Fischer", "open"),
        invitation("v-wei", "wei@nordwind.example", "", "expired", language="zh", teams=[]),
    ]


def api_keys() -> list[ApiKey]:
    def key(id: str, name: str, scopes: list[Any], **given: Any) -> ApiKey:
        fields: dict[str, Any] = {
            "hint": "dwk.7K4M",
            "team": None,
            "made_by": ANA,
            "created_at": NOW - timedelta(days=90),
            "expires_at": None,
            "last_used_at": None,
            "revoked_at": None,
        }
        return ApiKey(id=id, name=name, scopes=scopes, **{**fields, **given})

    return [
        key("k-tf", "terraform", ["read", "configuration:edit"], last_used_at=ago(12)),
        key("k-wall", "wallboard", ["read"], team=PAYMENTS, expires_at=NOW + timedelta(days=3), last_used_at=ago(1)),
        key("k-old", "old script", ["read"], revoked_at=NOW - timedelta(days=9)),
    ]


def held_shifts() -> list[FieldProblem]:
    """The refusal of letting somebody go who is on call."""

    def shift(ref: Ref, days: float) -> FieldProblem:
        start = NOW + timedelta(days=days)
        args = {
            "schedule_id": ref.id,
            "schedule": ref.name,
            "start": start.isoformat(),
            "end": (start + timedelta(days=7)).isoformat(),
            "role_id": "",
        }
        return FieldProblem(field="takers", code="on_call", message="on call", args=args)

    return [shift(PRIMARY, 3), shift(PRIMARY, 17), shift(SECONDARY, 10)]
