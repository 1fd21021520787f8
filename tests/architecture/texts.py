"""What an expression of the sources may be, read from the syntax: every value that some path through it gives."""

import ast
import builtins
import inspect
import itertools
import operator
from collections import abc
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import Enum
from functools import cache
from types import FunctionType, ModuleType, NoneType, UnionType
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

from msgspec import Struct

from server.kernel.database.rows import columns_of
from server.kernel.database.schema import name_of

AT_MOST = 64
SAYS: dict[type, Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.In: lambda one, of: one in of,
    ast.NotIn: lambda one, of: one not in of,
}
PURE = (name_of, columns_of, str, int, len, tuple, list, dict, sorted)
METHODS = {
    "format",
    "join",
    "removeprefix",
    "removesuffix",
    "replace",
    "lower",
    "upper",
    "items",
    "keys",
    "values",
    "get",
}


class Unknown:
    """What only a run would show."""


UNKNOWN = Unknown()


class Made(NamedTuple):
    """Something that is made of a class while the program runs."""

    of: type


Values = tuple[Any, ...]
"""Each that it may be; one that is UNKNOWN means that there are others."""
NOTHING_KNOWN: Values = (UNKNOWN,)
Env = dict[str, Values]


def distinct(values: Iterator[Any] | Sequence[Any]) -> Values:
    values = tuple({id(each): each for each in values}.values())
    if len(values) < 2:
        return values
    found = {_key(each): each for each in values}
    return tuple(found.values()) if len(found) <= AT_MOST else NOTHING_KNOWN


def _key(value: Any) -> Any:
    if isinstance(value, Made):
        return value.of
    if isinstance(value, (list, tuple)):
        return (type(value), *map(_key, value))
    if isinstance(value, dict):
        return (dict, *((name, _key(each)) for name, each in value.items()))
    return value if isinstance(value, (str, type)) else (type(value), repr(value))


def is_known(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return all(map(is_known, value))
    return value is not UNKNOWN


def merged(one: Env, other: Env) -> Env:
    """After an `if`: what either branch left."""
    return {
        name: one[name] if one.get(name) is other.get(name) else either(one.get(name, ()), other.get(name, ()))
        for name in one.keys() | other.keys()
    }


def either(one: Values, other: Values) -> Values:
    """Of what grew in several branches, the shortest and the longest are enough: what they hold is alike."""
    both = distinct((*one, *other))
    for kind in (list, dict):
        grown = sorted((each for each in both if isinstance(each, kind)), key=len)
        if len(grown) > 2:
            longest = [each for each in grown if not any(_holds(bigger, each) for bigger in grown)]
            both = distinct((*(each for each in both if not isinstance(each, kind)), grown[0], *longest))
    return both


def _holds(bigger: Any, smaller: Any) -> bool:
    rest = iter(bigger)
    return len(bigger) > len(smaller) and all(any(_key(a) == _key(b) for b in rest) for a in smaller)


class Reader:
    """Reads expressions of one module, in a dialect."""

    def __init__(
        self, module: ModuleType, dialect: str, returned: Callable[[FunctionType, ast.Call, Env], Values]
    ) -> None:
        self.module, self.dialect, self._returned = module, dialect, returned

    def read(self, node: ast.expr | None, env: Env) -> Values:
        found = getattr(self, f"_{type(node).__name__.lower()}", None)
        if found is None:
            return NOTHING_KNOWN
        try:
            return distinct(found(node, env)) or NOTHING_KNOWN
        except (AttributeError, IndexError, KeyError, TypeError, ValueError):  # not made for such values
            return NOTHING_KNOWN

    def _each(self, nodes: Sequence[ast.expr], env: Env) -> Iterator[tuple[Any, ...]]:
        """Every combination of what they may be."""
        return itertools.islice(itertools.product(*(self.read(node, env) for node in nodes)), AT_MOST + 1)

    def _side_by_side(self, nodes: Sequence[ast.expr], env: Env) -> Iterator[list[Any]]:
        """Combinations in which each of what they may be appears."""
        read: list[Values] = []
        for node in nodes:
            if isinstance(node, ast.Starred):
                inner = self.read(node.value, env)
                read += [(each,) for each in inner[0]] if isinstance(inner[0], (list, tuple)) else [NOTHING_KNOWN]
            else:
                read.append(self.read(node, env))
        for n in range(max(map(len, read), default=1)):
            yield [values[min(n, len(values) - 1)] for values in read]

    def _constant(self, node: ast.Constant, env: Env) -> Values:
        return (node.value,)

    def _name(self, node: ast.Name, env: Env) -> Values:
        if node.id in env:
            return env[node.id]
        held = vars(self.module)
        if node.id in held:
            return (held[node.id],)
        return (getattr(builtins, node.id, UNKNOWN),)

    def _attribute(self, node: ast.Attribute, env: Env) -> Iterator[Any]:
        if node.attr in ("dialect", "_dialect"):
            yield self.dialect
            return
        for of in self.read(node.value, env):
            if isinstance(of, Made):
                found = inspect.getattr_static(of.of, node.attr, None)
                getter = found.fget if isinstance(found, property) else None
                if isinstance(getter, FunctionType):
                    yield from self._returned(getter, ast.Call(node, [], []), env)
                else:
                    yield from _of_made(of.of, node.attr)
            else:
                yield UNKNOWN if of is UNKNOWN else getattr(of, node.attr, UNKNOWN)

    def _await(self, node: ast.Await, env: Env) -> Values:
        return self.read(node.value, env)

    def _joinedstr(self, node: ast.JoinedStr, env: Env) -> Iterator[Any]:
        inner = [each.value if isinstance(each, ast.FormattedValue) else each for each in node.values]
        for values in self._each(inner, env):
            yield "".join(map(str, values)) if all(map(is_known, values)) else UNKNOWN

    def _binop(self, node: ast.BinOp, env: Env) -> Iterator[Any]:
        for one, other in self._each([node.left, node.right], env):
            sum = one + other if isinstance(node.op, ast.Add) else one | other
            yield [UNKNOWN] if isinstance(sum, list) and UNKNOWN in sum else sum

    def _ifexp(self, node: ast.IfExp, env: Env) -> Iterator[Any]:
        wanted = self.decided(node.test, env)
        if wanted is not False:
            yield from self.read(node.body, env)
        if wanted is not True:
            yield from self.read(node.orelse, env)

    def _boolop(self, node: ast.BoolOp, env: Env) -> Iterator[Any]:
        *first, last = (self.read(each, env) for each in node.values)
        ends = bool if isinstance(node.op, ast.Or) else operator.not_
        yield from (value for values in first for value in values if value is UNKNOWN or ends(value))
        yield from last

    def decided(self, test: ast.expr, env: Env) -> bool | None:
        """What a condition says of every run in this dialect."""
        if isinstance(test, ast.Compare) and type(test.ops[0]) in SAYS:
            one, other = self.read(test.left, env), self.read(test.comparators[0], env)
            if len(one) == len(other) == 1 and isinstance(one[0], str) and isinstance(other[0], (str, list, tuple)):
                return SAYS[type(test.ops[0])](one[0], other[0]) if is_known(other[0]) else None
        if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
            return False if any(self.decided(each, env) is False for each in test.values) else None
        return None

    def _subscript(self, node: ast.Subscript, env: Env) -> Iterator[Any]:
        for of, at in self._each([node.value, node.slice], env):
            if not isinstance(of, (Mapping, list, tuple)):
                yield UNKNOWN
            elif at is UNKNOWN:
                yield from of.values() if isinstance(of, Mapping) else of
            elif at in of if isinstance(of, Mapping) else isinstance(at, int) and at < len(of):
                yield of[at]

    def _tuple(self, node: ast.Tuple, env: Env) -> Iterator[Any]:
        return (tuple(each) for each in self._side_by_side(node.elts, env))

    def _list(self, node: ast.List, env: Env) -> Iterator[Any]:
        return self._side_by_side(node.elts, env)

    def _dict(self, node: ast.Dict, env: Env) -> Iterator[Any]:
        names = [self.read(key, env)[0] for key in node.keys if key is not None]
        inner = [value for key, value in zip(node.keys, node.values, strict=True) if key is not None]
        more = [self.read(value, env) for key, value in zip(node.keys, node.values, strict=True) if key is None]
        if any(name is UNKNOWN for name in names) or any(
            not isinstance(each, dict) for values in more for each in values
        ):
            yield UNKNOWN
            return
        for values in self._side_by_side(inner, env):
            for first in itertools.product(*more):
                yield {name: value for each in first for name, value in each.items()} | dict(
                    zip(names, values, strict=True)
                )

    def _listcomp(self, node: ast.ListComp | ast.GeneratorExp, env: Env) -> Iterator[Any]:
        for inner in self._inside(node.generators, env):
            items = [self.read(node.elt, each) for each in inner]
            yield [each for values in items for each in values]

    _generatorexp = _listcomp

    def _dictcomp(self, node: ast.DictComp, env: Env) -> Iterator[Any]:
        for inner in self._inside(node.generators, env):
            made = {self.read(node.key, each)[0]: self.read(node.value, each)[0] for each in inner}
            yield UNKNOWN if UNKNOWN in made else made

    def _inside(self, loops: Sequence[ast.comprehension], env: Env) -> Iterator[list[Env]]:
        """Of each that is gone through, what is known inside."""
        for gone_through in self.read(loops[0].iter, env):
            inner = [bound(loops[0].target, each, env) for each in items_of(gone_through)]
            yield [each for each in inner if all(self.decided(test, each) is not False for test in loops[0].ifs)]

    def _lambda(self, node: ast.Lambda, env: Env) -> Values:
        return NOTHING_KNOWN

    def _call(self, node: ast.Call, env: Env) -> Iterator[Any]:
        if isinstance(node.func, ast.Attribute):
            if node.func.attr in ("row", "rows", "rows_by_key") and node.args:
                made = [Made(each) for each in self.read(node.args[0], env) if isinstance(each, type)]
                yield from made if node.func.attr == "row" else [made]
                return
            if node.func.attr in METHODS:
                yield from self._method(node, node.func, env)
                return
        for called in self.read(node.func, env):
            yield from self._made_by(called, node, env)

    def _method(self, node: ast.Call, func: ast.Attribute, env: Env) -> Iterator[Any]:
        given = [*node.args, *(each.value for each in node.keywords)]
        for of, *values in self._each([func.value, *given], env):
            if isinstance(of, Mapping) and func.attr == "get" and not is_known(values):
                yield from (*of.values(), *values[1:])
                continue
            if not is_known(of) or not is_known(values) or not isinstance(of, (str, Mapping)):
                yield UNKNOWN
                continue
            named = {each.arg or "": value for each, value in zip(node.keywords, values[len(node.args) :], strict=True)}
            made = getattr(of, func.attr)(*values[: len(node.args)], **named)
            yield list(made) if func.attr in ("items", "keys", "values") else made

    def _made_by(self, called: Any, node: ast.Call, env: Env) -> Iterator[Any]:
        if called is enumerate:
            yield from ([*enumerate(items_of(each))] for each in self.read(node.args[0], env))
            return
        if any(called is each for each in PURE) and not node.keywords:
            for values in self._each(node.args, env):
                yield called(*values) if is_known(values) else UNKNOWN
        elif is_ours(called):
            yield Made(called)
        elif isinstance(called, FunctionType) and called.__module__.startswith("server."):
            yield from self._returned(called, node, env)
        else:
            yield UNKNOWN


def _of_made(of: type, name: str) -> Values:
    """A method, or what the type of a field says of it."""
    if name == "__struct_fields__" and issubclass(of, Struct):
        return (of.__struct_fields__,)
    found = inspect.getattr_static(of, name, UNKNOWN)
    return (found,) if isinstance(found, FunctionType) else of_annotation(hints_of(of).get(name))


def items_of(value: Any) -> Sequence[Any]:
    if isinstance(value, Mapping):
        return list(value)
    return value if isinstance(value, (list, tuple)) else (UNKNOWN,)


def bound(target: ast.expr, value: Any, env: Env) -> Env:
    """The names that an assignment gives to a value."""
    if isinstance(target, ast.Name):
        return env | {target.id: (value,)}
    if isinstance(target, (ast.Tuple, ast.List)):
        items = value if isinstance(value, (list, tuple)) and len(value) == len(target.elts) else None
        for n, each in enumerate(target.elts):
            env = bound(each, items[n] if items is not None else UNKNOWN, env)
    return env


def of_annotation(hint: Any) -> Values:
    """What something may be by its type alone."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return of_annotation(inner[0])
    if origin in (Union, UnionType):
        return distinct([value for each in inner if each is not NoneType for value in of_annotation(each)])
    if origin is Literal:
        return inner
    if origin in (tuple, list, abc.Sequence):
        each = of_annotation(inner[0])
        return (list(each),) if is_known(each) else NOTHING_KNOWN
    return (Made(hint),) if is_ours(hint) else NOTHING_KNOWN


def is_ours(of: Any) -> bool:
    """Whether it is a class whose methods and fields are worth following."""
    if not isinstance(of, type) or issubclass(of, (Enum, str, BaseException)):
        return False
    return of.__module__.startswith(("server.", "shared.")) and not of.__module__.startswith("server.kernel.database")


@cache
def hints_of(of: Any) -> dict[str, Any]:
    try:
        return get_type_hints(of)
    except (TypeError, NameError):
        return {}
