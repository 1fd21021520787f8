"""Whatever a decoder refuses is told field by field, all of it and in our own words."""

import importlib
import json
import pkgutil
from collections.abc import Iterator
from datetime import date, datetime
from typing import Annotated, Any, Literal

import msgspec
import pytest
from msgspec import Meta, Struct, inspect

import shared.wire
from server.kernel.errors import Invalid
from server.kernel.reading.misfits import decoded, misfits
from shared.domain.visible import LINE, Written

LIBRARY = (
    "Expected",
    "`",
    "Object ",
    "Invalid enum",
    "Unexpected",
    "msgspec",
    "matching regex",
    "$",
    "JSON is malformed",
)
WRONG: tuple[Any, ...] = (
    None, True, -1, 10**30, 1.5, "", " ", "banana", "x" * 100_000, "\u202e", "2026-13-45", "2026-03-01T08:00:00",
    [], [5], {}, {"kind": "banana"}, {"nobody_knows": 1}, [{}], [None] * 1_000,
)  # fmt: skip


def structs() -> list[type[Struct]]:
    """Everything on the wire that is no template for others."""
    found: dict[type[Struct], None] = {}
    for module in pkgutil.iter_modules(shared.wire.__path__):
        for kind in vars(importlib.import_module(f"shared.wire.{module.name}")).values():
            if isinstance(kind, type) and issubclass(kind, Struct) and not getattr(kind, "__parameters__", ()):
                found[kind] = None
    return list(found)


def fitting(kind: inspect.Type) -> Any:
    """A small value that fits, as far as that can be told."""
    if isinstance(kind, inspect.Metadata):
        return fitting(kind.type)
    if isinstance(kind, inspect.UnionType):
        return fitting(kind.types[0])
    if isinstance(kind, inspect.StructType):
        tag = {kind.tag_field: kind.tag} if kind.tag_field else {}
        return tag | {each.encode_name: fitting(each.type) for each in kind.fields if each.required}
    if isinstance(kind, inspect.EnumType):
        return next(iter(kind.cls)).value
    if isinstance(kind, inspect.LiteralType):
        return kind.values[0]
    if isinstance(kind, inspect.StrType):
        return "x" * (kind.min_length or 1)
    if isinstance(kind, inspect.IntType | inspect.FloatType):
        return int(kind.ge if kind.ge is not None else (kind.gt or 0) + 1)
    if isinstance(kind, inspect.CollectionType):
        return [fitting(kind.item_type)] * (kind.min_length or 0)
    plain: dict[type[inspect.Type], Any] = {
        inspect.DateTimeType: "2026-03-01T08:00:00Z",
        inspect.DateType: "2026-03-01",
        inspect.BoolType: True,
    }
    return plain.get(type(kind), {} if isinstance(kind, inspect.DictType) else None)


def spoilt(kind: inspect.StructType) -> Iterator[Any]:
    """Bodies with one fault each, or none."""
    whole = fitting(kind)
    yield from (None, 5, "text", [], whole, whole | {"nobody_knows": 1})
    for each in kind.fields:
        yield {name: value for name, value in whole.items() if name != each.encode_name}
        for value in WRONG:
            yield whole | {each.encode_name: value}


@pytest.mark.parametrize("kind", structs(), ids=lambda kind: f"{kind.__module__.rpartition('.')[2]}.{kind.__name__}")
def test_what_a_decoder_refuses_is_told_in_our_words_and_nothing_else_is(kind: type[Struct]) -> None:
    decoder = msgspec.json.Decoder(kind, strict=False)
    shape = inspect.type_info(kind)
    assert isinstance(shape, inspect.StructType)
    for value in spoilt(shape):
        body = json.dumps(value).encode()
        try:
            decoder.decode(body)
            theirs = ""
        except msgspec.ValidationError as error:
            theirs = str(error)
        if not theirs:
            assert misfits(value, kind) == [], value
            continue
        with pytest.raises(Invalid) as refused:
            decoded(body, decoder)
        ours, at = refused.value.errors, theirs.partition("`$")[2].strip(".`").partition("[...]")[0]
        assert any(each.field.startswith(at) for each in ours), (theirs, ours)
        assert not any(words in each.message for words in LIBRARY for each in ours), ours


class Dog(Struct, tag="dog"):
    age: Annotated[int, Meta(ge=0, le=30)]


class Cat(Struct, tag="cat", forbid_unknown_fields=True):
    lives: Annotated[int, Meta(gt=0)] = 9


class Name(Written, frozen=True):
    text: Annotated[str, Meta(min_length=1, max_length=5, extra=LINE)] = "x"


class Everything(Struct, forbid_unknown_fields=True):
    pet: Dog | Cat
    name: Name = Name()
    mood: Literal["good", "bad"] = "good"
    since: Annotated[datetime, Meta(tz=True)] | None = None
    born: date | None = None
    code: Annotated[str, Meta(pattern="^[a-z]$")] = "a"
    owners: Annotated[list[str], Meta(min_length=1, max_length=2)] = msgspec.field(default_factory=lambda: ["x"])
    limits: dict[str, int | bool] = msgspec.field(default_factory=dict[str, int | bool])
    share: Annotated[float, Meta(lt=1)] = 0.5


KINDS: list[tuple[dict[str, Any], str, str, str]] = [
    ({"pet": "x"}, "pet", "wrong_type", "must be an object or an object"),
    ({"pet": {}}, "pet.type", "required", "is required"),
    ({"pet": {"type": "cow"}}, "pet.type", "unknown_value", "must be one of cat, dog"),
    ({"pet": {"type": "dog", "age": 31}}, "pet.age", "out_of_range", "must be from 0 to 30"),
    ({"pet": {"type": "dog", "age": 10**30}}, "pet.age", "out_of_range", "must be from 0 to 30"),
    ({"pet": {"type": "cat", "lives": 0}}, "pet.lives", "too_small", "must be more than 0"),
    ({"pet": {"type": "cat", "x": 0}}, "pet.x", "unknown_field", "is not a field of this object"),
    ({"name": {"text": ""}}, "name.text", "blank", "must say something"),
    ({"name": {"text": "\u202e"}}, "name.text", "blank", "must say something"),
    ({"name": {"text": "123456"}}, "name.text", "too_long", "must have at most 5 characters"),
    ({"mood": "odd"}, "mood", "unknown_value", "must be one of bad, good"),
    ({"since": "2026-03-01T08:00"}, "since", "wrong_type", "must be an instant such as 2026-03-01T08:00:00Z"),
    ({"since": "2026-03-01T08:00:00"}, "since", "no_offset", "must say its offset, such as Z"),
    ({"born": "2026-02-30"}, "born", "wrong_type", "must be a date such as 2026-03-01"),
    ({"code": "A"}, "code", "wrong_form", "is not of the form that is wanted here"),
    ({"owners": []}, "owners", "too_few", "must not be empty"),
    ({"owners": ["a", 5, "c"]}, "owners", "too_many", "must have at most 2 entries"),
    ({"owners": ["a", 5]}, "owners[1]", "wrong_type", "must be text"),
    ({"limits": {"a": "b"}}, "limits.a", "wrong_type", "must be a whole number or true or false"),
    ({"share": 1}, "share", "too_large", "must be less than 1"),
]


@pytest.mark.parametrize(("body", "field", "code", "message"), KINDS, ids=[f"{each[1]} {each[2]}" for each in KINDS])
def test_each_kind_of_fault_has_its_words(body: dict[str, Any], field: str, code: str, message: str) -> None:
    whole = {"pet": {"type": "dog", "age": 3}} | body
    with pytest.raises(Invalid) as refused:
        decoded(json.dumps(whole).encode(), msgspec.json.Decoder(Everything))
    told = [(each.field, each.code, each.message) for each in refused.value.errors]
    assert (field, code, message) in told
    assert len(told) == (2 if code == "too_many" else 1)


def test_all_faults_of_a_body_are_told_at_once() -> None:
    wrong = {key: value for body, *_ in KINDS for key, value in body.items()} | {"more": 1}
    fields = {each.field.partition(".")[0].partition("[")[0] for each in misfits(wrong, Everything)}
    assert fields == set(wrong)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"{", "the body is not JSON: it ends too early"),
        (b'{"pet": }', "the body is not JSON: see byte 8"),
        (b"pet=1", "the body is not JSON: see byte 0"),
        (b'{"pet": 1} more', "the body is not JSON: see byte 12"),
    ],
)
def test_what_is_no_json_is_told_with_its_place(body: bytes, message: str) -> None:
    with pytest.raises(Invalid) as refused:
        decoded(body, msgspec.json.Decoder(Everything))
    assert [(each.field, each.code, each.message) for each in refused.value.errors] == [("", "not_json", message)]
