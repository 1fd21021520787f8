"""Every text that a request brings is cleaned by its type, or is no text that people read."""

from typing import Annotated, Any, Final, get_args, get_origin, get_type_hints

import pytest
from msgspec import Struct

from shared.domain.visible import Written, cleaned_fields
from tests.permissions.requests import OPERATIONS

EXACT: Final = {
    "the name of something that has an id of its own": (
        "id team_id service_id policy_id user_id role_id layer_id schedule_id to_user_id from_user_id contact_method_id"
        " incident_id responder_id into sources asked ids user_ids team_ids takers component_id linked_event_ids"
        " status_page_id template_id service_ids approver_ids component_ids event_ids"
    ),
    "a word of a list, checked against it": "channel channels source country subdivision time_zone locale key from_key",
    "a form of its own: small letters, or a colour": "slug domain accent accent_dark",
    "a moment": "start end since until daily_at handoff_time",
    "a secret, good or bad as it is": "password old_password new_password token refresh_token previous secret"
    " code totp",
    "an address, checked by its own rules": "email url value address runbook_url",
    "what alerts are compared with, sign by sign": "values label labels pattern q",
    "templates, whose outcome is cleaned": "title check",
    "a file, whose fields are cleaned as they are read": "csv content",
    "checked by the member's own Config": "config",
}
NAMES: Final = {name for names in EXACT.values() for name in names.split()}
TEMPLATES: Final = {"Rewrite": ("title", "check")}


def taken() -> list[type[Struct]]:
    """Every struct that a body may be made of."""
    found: dict[type[Struct], None] = {}

    def walk(hint: Any) -> None:
        if isinstance(hint, type) and issubclass(hint, Struct):
            if hint not in found:
                found[hint] = None
                for inner in get_type_hints(hint, include_extras=True).values():
                    walk(inner)
            return
        for inner in get_args(hint)[:1] if get_origin(hint) is Annotated else get_args(hint):
            walk(inner)

    for operation in OPERATIONS.values():
        if (data := getattr(operation.handler, "parsed_fn_signature", None)) and "data" in data.parameters:
            walk(data.parameters["data"].raw)
    return list(found)


def has_text(hint: Any) -> bool:
    if get_origin(hint) is Annotated:
        return has_text(get_args(hint)[0])
    return hint is str or any(has_text(each) for each in get_args(hint))


def test_there_are_bodies() -> None:
    assert {"SilenceInput", "Comment", "NewUser", "LayerInput", "OwnDay"} <= {each.__name__ for each in taken()}


@pytest.mark.parametrize("struct", taken(), ids=lambda each: each.__name__)
def test_every_text_says_how_it_is_cleaned_or_is_taken_as_it_is(struct: type[Struct]) -> None:
    said = cleaned_fields(struct)
    hints = get_type_hints(struct, include_extras=True)
    exact = NAMES - {"title", "check"} | set(TEMPLATES.get(struct.__name__, ()))
    open_fields = {field for field, hint in hints.items() if has_text(hint)} - set(said) - exact
    assert open_fields == set(), "say extra=LINE or extra=TEXT in its type"
    assert not said or issubclass(struct, Written)
