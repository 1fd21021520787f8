"""A form from a JSON Schema: what a `Config` struct says about its fields, as fields of the Console.

Of msgspec's schemas: strings (format, length, pattern), enumerations, numbers with limits, booleans, arrays of
strings. Titles and descriptions by language stand in `x-title` and `x-description`; `x-secret`, `writeOnly` or
`format: password` mean that a value is written and never read.
"""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from msgspec import UNSET, Struct, UnsetType

from phone.base.i18n import Words
from phone.base.places import Place
from phone.console.form.kind import Bound, Draft
from phone.kit.form_field import Form, Option

LONG_TEXT: Final = 300
MOST_STEPS: Final = 4
Said = str | dict[str, str]
"""A text, or one in each language."""


class Node(Struct, frozen=True, kw_only=True, rename="camel"):
    """A part of a schema, as far as forms are made of it."""

    type: str | list[str] | None = None
    ref: str | None = msgspec.field(default=None, name="$ref")
    defs: dict[str, "Node"] = msgspec.field(default_factory=dict[str, "Node"], name="$defs")
    any_of: list["Node"] = msgspec.field(default_factory=list["Node"])
    properties: dict[str, "Node"] = msgspec.field(default_factory=dict[str, "Node"])
    required: list[str] = msgspec.field(default_factory=list[str])
    enum: list[Any] = msgspec.field(default_factory=list[Any])
    examples: list[Any] = msgspec.field(default_factory=list[Any])
    default: Any = None
    format: str = ""
    max_length: int = 0
    minimum: float | None = None
    exclusive_minimum: float | None = None
    maximum: float | None = None
    exclusive_maximum: float | None = None
    write_only: bool = False
    secret: bool = msgspec.field(default=False, name="x-secret")
    title: Said | UnsetType = UNSET
    description: Said | UnsetType = UNSET
    own_title: Said | UnsetType = msgspec.field(default=UNSET, name="x-title")
    own_description: Said | UnsetType = msgspec.field(default=UNSET, name="x-description")
    labels: dict[str, Said] = msgspec.field(default_factory=dict[str, Said], name="x-labels")


def schema_fields(
    words: Words, schema: Mapping[str, Any], under: Place[Draft, dict[str, Any]]
) -> tuple[Bound[Draft], ...]:
    """The fields of an object schema, whose values stand in a mapping of the draft."""
    whole = msgspec.convert(schema, Node)
    root = _resolved(whole, whole)
    return tuple(
        _field(words, _setting(under, name), name, _resolved(each, whole), required=name in root.required)
        for name, each in root.properties.items()
    )


def _setting(under: Place[Draft, dict[str, Any]], name: str) -> Place[Draft, Any]:
    return under.then(lambda config: config[name])


def _resolved(each: Node, root: Node) -> Node:
    """References followed, and of "this or null" the this; what is said beside them goes before."""
    for _ in range(MOST_STEPS):
        if each.ref is not None:
            each = _over(root.defs[each.ref.rsplit("/", 1)[-1]], each)
        elif each.any_of:
            each = _over(next(one for one in each.any_of if one.type != "null"), each)
        else:
            break
    return each


def _over(meant: Node, beside: Node) -> Node:
    defaults = Node()
    said = {name: getattr(beside, name) for name in Node.__struct_fields__ if name not in ("ref", "any_of", "type")}
    return msgspec.structs.replace(
        meant, **{name: value for name, value in said.items() if value != getattr(defaults, name)}
    )


def _field(words: Words, at: Place[Draft, Any], name: str, each: Node, *, required: bool) -> Bound[Draft]:
    form = _form(each)
    return Bound(
        at=at,
        label=_in(words, each.own_title or each.title) or name.replace("_", " ").capitalize(),
        help=_in(words, each.own_description or each.description),
        hint=str(each.examples[0]) if each.examples else "",
        form=form,
        options=_options(words, each),
        required=required and form not in ("toggle", "secret"),
        least=each.minimum if each.minimum is not None else each.exclusive_minimum,
        most=each.maximum if each.maximum is not None else each.exclusive_maximum,
        whole=each.type == "integer",
        default=each.default,
    )


def _form(each: Node) -> Form:
    if each.secret or each.write_only or each.format == "password":
        return "secret"
    if each.enum:
        return "choice"
    kinds: dict[str, Form] = {"boolean": "toggle", "integer": "number", "number": "number", "array": "words"}
    kind = each.type
    if isinstance(kind, list):
        kind = next((one for one in kind if one != "null"), "string")
    if kind == "string" and each.max_length > LONG_TEXT and each.format != "uri":
        return "lines"
    return kinds.get(str(kind), "text")


def _options(words: Words, each: Node) -> tuple[Option, ...]:
    return tuple(
        Option(value=str(value), label=_in(words, each.labels.get(str(value), UNSET)) or str(value))
        for value in each.enum
        if value is not None
    )


def _in(words: Words, said: Said | UnsetType) -> str:
    """A text of the schema in the reader's language."""
    if isinstance(said, dict):
        return said.get(words.language) or said.get("en", "")
    return said if isinstance(said, str) else ""
