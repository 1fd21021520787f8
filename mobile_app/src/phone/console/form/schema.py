"""A form from a JSON Schema: what a `Config` struct says about its fields, as fields of the Console.

Of msgspec's schemas: strings (format, length, pattern), enumerations, numbers with limits, booleans, arrays of
strings. Titles and descriptions by language stand in `x-title` and `x-description`; `x-secret`, `writeOnly` or
`format: password` mean that a value is written and never read.
"""

from collections.abc import Mapping
from typing import Any, Final, cast

from phone.base.i18n import Words
from phone.kit.form_field import Field, Form, Option

Schema = Mapping[str, Any]
LONG_TEXT: Final = 300


def schema_fields(words: Words, schema: Schema, *, under: str = "config") -> tuple[Field, ...]:
    """The fields of an object schema, whose values stand under a path of the draft."""
    root = _resolved(schema, schema)
    required = set(cast(list[str], root.get("required", [])))
    properties = cast(Mapping[str, Schema], root.get("properties", {}))
    return tuple(
        _field(words, f"{under}.{name}", name, _resolved(each, schema), required=name in required)
        for name, each in properties.items()
    )


def _resolved(each: Schema, root: Schema) -> Schema:
    """References followed, and of "this or null" the this."""
    for _ in range(4):
        if "$ref" in each:
            name = str(each["$ref"]).rsplit("/", 1)[-1]
            each = {**cast(Schema, root["$defs"][name]), **{k: v for k, v in each.items() if k != "$ref"}}
        elif "anyOf" in each:
            several = cast(list[Schema], each["anyOf"])
            first = next(one for one in several if one.get("type") != "null")
            each = {**{k: v for k, v in each.items() if k != "anyOf"}, **first}
        else:
            break
    return each


def _field(words: Words, path: str, name: str, each: Schema, *, required: bool) -> Field:
    form = _form(each)
    return Field(
        path=path,
        label=_said(words, each, "title") or name.replace("_", " ").capitalize(),
        help=_said(words, each, "description"),
        hint=_example(each),
        form=form,
        options=_options(words, each),
        required=required and form not in ("toggle", "secret"),
        least=cast("float | None", each.get("minimum", each.get("exclusiveMinimum"))),
        most=cast("float | None", each.get("maximum", each.get("exclusiveMaximum"))),
        whole=each.get("type") == "integer",
        default=each.get("default"),
    )


def _form(each: Schema) -> Form:
    if each.get("x-secret") or each.get("writeOnly") or each.get("format") == "password":
        return "secret"
    if "enum" in each:
        return "choice"
    kinds: dict[str, Form] = {"boolean": "toggle", "integer": "number", "number": "number", "array": "words"}
    kind = each.get("type")
    if isinstance(kind, list):
        kind = next((one for one in cast(list[str], kind) if one != "null"), "string")
    if kind == "string" and cast(int, each.get("maxLength", 0)) > LONG_TEXT and each.get("format") != "uri":
        return "lines"
    return kinds.get(str(kind), "text")


def _options(words: Words, each: Schema) -> tuple[Option, ...]:
    labels = cast(Mapping[str, Any], each.get("x-labels", {}))
    return tuple(
        Option(value=str(value), label=_in(words, labels.get(str(value))) or str(value))
        for value in cast(list[Any], each.get("enum", []))
        if value is not None
    )


def _said(words: Words, each: Schema, key: str) -> str:
    """A text of the schema in the reader's language."""
    return _in(words, each.get(f"x-{key}") or each.get(key))


def _in(words: Words, said: Any) -> str:
    if isinstance(said, Mapping):
        texts = cast(Mapping[str, str], said)
        return texts.get(words.language) or texts.get("en", "")
    return str(said) if said else ""


def _example(each: Schema) -> str:
    examples = cast(list[Any], each.get("examples", []))
    return str(examples[0]) if examples else ""
