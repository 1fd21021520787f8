"""What is wrong with a value that should be of a type: every field of it at once, in our own words."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import Any, Final, cast

import msgspec
from msgspec import inspect

from server.kernel.errors import FieldError, Invalid
from server.kernel.refusals import no_offset

WRONG: Final = "wrong_type"
_PLAIN: Final[dict[type[inspect.Type], tuple[Any, str]]] = {
    inspect.BoolType: (bool, "true or false"),
    inspect.IntType: (int, "a whole number"),
    inspect.FloatType: (float, "a number"),
    inspect.StrType: (str, "text"),
    inspect.BytesType: (bytes, "text in Base64"),
    inspect.DateTimeType: (datetime, "an instant such as 2026-03-01T08:00:00Z"),
    inspect.DateType: (date, "a date such as 2026-03-01"),
}
_AT = re.compile(r" - at `\$\.?(?P<path>[^`]*)`")
_BYTE = re.compile(r"\(byte (\d+)\)")


def converted(value: Any, kind: Any, field: str = "") -> Any:
    """The value as `kind`; raises Invalid with all that is wrong, their paths below `field`."""
    try:
        return msgspec.convert(value, kind)
    except (msgspec.ValidationError, ValueError, OverflowError) as error:
        raise Invalid(misfits(value, kind, field) or [_elsewhere(error, field)]) from None


def decoded(body: bytes, decoder: msgspec.json.Decoder[Any]) -> Any:
    """The body as what the decoder wants; raises Invalid with all that is wrong."""
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        first = error
    except msgspec.DecodeError as error:
        raise _not_json(error) from None
    try:
        found = misfits(msgspec.json.decode(body), decoder.type)
    except msgspec.DecodeError as error:
        raise _not_json(error) from None
    raise Invalid(found or [_elsewhere(first)])


def _not_json(error: msgspec.DecodeError) -> Invalid:
    return Invalid.one("", "not_json", f"the body is not JSON{where(error)}")


def where(error: Exception) -> str:
    """What a decoder knows of the place, without its words."""
    found = _BYTE.search(str(error))
    if found is not None:
        return f": see byte {found.group(1)}"
    return ": it ends too early" if "truncated" in str(error) else ""


def misfits(value: Any, kind: Any, field: str = "") -> list[FieldError]:
    """Every flaw of a value as JSON or a query has it, texts such as `5` for numbers allowed; empty when it fits."""
    return list(_misfits(value, inspect.type_info(kind), field))


def holding_nul(value: Any, field: str = "") -> list[FieldError]:
    """Texts that hold the character NUL, which no database has a place for."""
    if isinstance(value, str):
        return [FieldError(field, "nul", "text must not hold the character NUL")] if "\0" in value else []
    if isinstance(value, dict):
        inner = [(_below(field, key), each) for key, each in cast(dict[str, Any], value).items()]
    else:
        inner = (
            [(f"{field}[{at}]", each) for at, each in enumerate(cast(list[Any], value))]
            if isinstance(value, list)
            else []
        )
    return [flaw for path, each in inner for flaw in holding_nul(each, path)]


def _elsewhere(error: Exception, field: str = "") -> FieldError:
    found = _AT.search(str(error))
    return FieldError(_below(field, found["path"]) if found else field, "invalid", "is not valid here")


def _misfits(value: Any, kind: inspect.Type, at: str) -> Iterator[FieldError]:
    if isinstance(kind, inspect.Metadata):
        yield from _misfits(value, kind.type, at)
    elif isinstance(kind, inspect.UnionType):
        yield from _of_several(value, kind, at)
    elif isinstance(kind, inspect.StructType):
        yield from _of_struct(value, kind, at)
    elif isinstance(kind, inspect.CollectionType | inspect.TupleType):
        yield from _of_list(value, kind, at)
    elif isinstance(kind, inspect.DictType):
        yield from _of_map(value, kind, at)
    elif isinstance(kind, inspect.EnumType | inspect.LiteralType):
        yield from _of_words(value, kind, at)
    elif isinstance(kind, inspect.NoneType):
        if value is not None:
            yield _wrong(at, "null")
    elif type(kind) in _PLAIN:
        yield from _of_plain(value, kind, at)


def _wrong(at: str, what: str) -> FieldError:
    return FieldError(at, WRONG, f"must be {what}", {"wanted": what})


def _below(at: str, name: str) -> str:
    return f"{at}.{name}" if at and name else at or name


def _of_several(value: Any, kind: inspect.UnionType, at: str) -> Iterator[FieldError]:
    """The flaws under the type that it was likely meant as, else what it may be."""
    kinds = [each.type if isinstance(each, inspect.Metadata) else each for each in kind.types]
    if value is None and any(isinstance(each, inspect.NoneType) for each in kinds):
        return
    tagged = [each for each in kinds if isinstance(each, inspect.StructType) and each.tag_field]
    if isinstance(value, dict) and len(tagged) > 1:
        yield from _of_tagged(cast(dict[str, Any], value), tagged, at)
        return
    meant = [each for each in kinds if not isinstance(each, inspect.NoneType)]
    found = [list(_misfits(value, each, at)) for each in meant]
    if not all(found):
        return
    deeper = [each for each in found if (each[0].field, each[0].code) != (at, WRONG)]
    yield from deeper[0] if deeper else [_wrong(at, " or ".join(each[0].args["wanted"] for each in found))]


def _of_tagged(value: dict[str, Any], kinds: list[inspect.StructType], at: str) -> Iterator[FieldError]:
    name = str(kinds[0].tag_field)
    tags = {each.tag: each for each in kinds}
    if name not in value:
        yield FieldError(_below(at, name), "required", "is required")
    elif not isinstance(value[name], str | int) or value[name] not in tags:
        yield _unknown(_below(at, name), list(tags))
    else:
        yield from _of_struct(value, tags[value[name]], at)


def _of_struct(value: Any, kind: inspect.StructType, at: str) -> Iterator[FieldError]:
    if not isinstance(value, Mapping):
        yield _wrong(at, "an object")
        return
    given = cast(Mapping[str, Any], value)
    names = {each.encode_name for each in kind.fields}
    if kind.tag_field is not None:
        names.add(kind.tag_field)
        if kind.tag_field in given and given[kind.tag_field] != kind.tag:
            yield _unknown(_below(at, kind.tag_field), [kind.tag])
    for each in kind.fields:
        yield from _of_field(given, each, kind, _below(at, each.encode_name))
    if kind.forbid_unknown_fields:
        for name in given:
            if name not in names:
                yield FieldError(_below(at, name), "unknown_field", "is not a field of this object")


def _of_field(
    given: Mapping[str, Any], field: inspect.Field, kind: inspect.StructType, at: str
) -> Iterator[FieldError]:
    if field.encode_name not in given:
        if field.required:
            yield FieldError(at, "required", "is required")
        return
    value = given[field.encode_name]
    found = list(_misfits(value, field.type, at))
    yield from found
    is_emptied: Callable[[str, Any], bool] | None = getattr(kind.cls, "is_emptied", None)
    if not found and is_emptied is not None and is_emptied(field.name, value):
        yield _blank(at)


def _of_list(value: Any, kind: Any, at: str) -> Iterator[FieldError]:
    if not isinstance(value, list | tuple):
        yield _wrong(at, "a list")
        return
    items = cast(list[Any], value)
    if isinstance(kind, inspect.TupleType):
        if len(items) != len(kind.item_types):
            yield _wrong(at, f"a list of {len(kind.item_types)}")
            return
        kinds = list(kind.item_types)
    else:
        yield from _of_size(len(items), kind, at)
        kinds = [kind.item_type] * len(items)
    for place, (item, each) in enumerate(zip(items, kinds, strict=True)):
        yield from _misfits(item, each, f"{at}[{place}]")


def _of_map(value: Any, kind: inspect.DictType, at: str) -> Iterator[FieldError]:
    if not isinstance(value, Mapping):
        yield _wrong(at, "an object")
        return
    given = cast(Mapping[str, Any], value)
    yield from _of_size(len(given), kind, at)
    for name, each in given.items():
        yield from _misfits(name, kind.key_type, _below(at, name))
        yield from _misfits(each, kind.value_type, _below(at, name))


def _of_words(value: Any, kind: inspect.EnumType | inspect.LiteralType, at: str) -> Iterator[FieldError]:
    allowed = [each.value for each in kind.cls] if isinstance(kind, inspect.EnumType) else list(kind.values)
    if isinstance(value, bool) or (value not in allowed and value not in [str(each) for each in allowed]):
        yield _unknown(at, allowed)


def _unknown(at: str, allowed: list[Any]) -> FieldError:
    return FieldError(
        at, "unknown_value", f"must be one of {', '.join(sorted(map(str, allowed)))}", {"allowed": allowed}
    )


def _of_plain(value: Any, kind: inspect.Type, at: str) -> Iterator[FieldError]:
    plain, what = _PLAIN[type(kind)]
    try:
        read = msgspec.convert(value, plain, strict=False)
    except (msgspec.ValidationError, ValueError, OverflowError):
        yield _wrong(at, what)
        return
    if isinstance(kind, inspect.StrType):
        yield from _of_size(len(read), kind, at, of_text=True)
        if kind.pattern is not None and re.search(kind.pattern, read) is None:
            yield FieldError(at, "wrong_form", "is not of the form that is wanted here", {"pattern": kind.pattern})
    elif isinstance(kind, inspect.IntType | inspect.FloatType):
        yield from _of_range(read, kind, at)
    elif isinstance(kind, inspect.DateTimeType) and kind.tz and read.tzinfo is None:
        yield no_offset(at)
    elif isinstance(kind, inspect.DateTimeType) and kind.tz is False and read.tzinfo is not None:
        yield FieldError(at, "has_offset", "must be a time of the clock, without an offset")


def _of_size(size: int, kind: Any, at: str, *, of_text: bool = False) -> Iterator[FieldError]:
    least, most = kind.min_length, kind.max_length
    unit = "characters" if of_text else "entries"
    if least is not None and size < least:
        if of_text and least == 1:
            yield _blank(at)
        else:
            text = "must not be empty" if least == 1 else f"must have at least {least} {unit}"
            yield FieldError(at, "too_short" if of_text else "too_few", text, {"min": least})
    if most is not None and size > most:
        yield FieldError(at, "too_long" if of_text else "too_many", f"must have at most {most} {unit}", {"max": most})


def _blank(at: str) -> FieldError:
    return FieldError(at, "blank", "must say something")


def _of_range(number: Any, kind: inspect.IntType | inspect.FloatType, at: str) -> Iterator[FieldError]:
    is_low = (kind.ge is not None and number < kind.ge) or (kind.gt is not None and number <= kind.gt)
    is_high = (kind.le is not None and number > kind.le) or (kind.lt is not None and number >= kind.lt)
    if (is_low or is_high) and kind.ge is not None and kind.le is not None:
        words = f"must be from {kind.ge} to {kind.le}"
        yield FieldError(at, "out_of_range", words, {"min": kind.ge, "max": kind.le})
    elif is_low:
        words = f"at least {kind.ge}" if kind.ge is not None else f"more than {kind.gt}"
        yield FieldError(at, "too_small", f"must be {words}", {"min": kind.gt if kind.ge is None else kind.ge})
    elif is_high:
        words = f"at most {kind.le}" if kind.le is not None else f"less than {kind.lt}"
        yield FieldError(at, "too_large", f"must be {words}", {"max": kind.lt if kind.le is None else kind.le})
    elif kind.multiple_of is not None and number % kind.multiple_of:
        yield FieldError(at, "out_of_step", f"must be a multiple of {kind.multiple_of}", {"step": kind.multiple_of})
