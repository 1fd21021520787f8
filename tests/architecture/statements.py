"""Every statement that the server hands to the database, read from its sources."""

import ast
import importlib
import inspect
from collections import abc
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import product
from math import prod
from pathlib import Path
from types import FunctionType
from typing import Any, get_origin

from piccolo.table import Table

from server.kernel.database import Dialect
from server.kernel.database.schema import name_of
from server.kernel.database.statements import _insert, _update
from tests.architecture.flow import GROWING, Flow, Function, below, calls_in
from tests.architecture.handed import Asked, Found, Statement
from tests.architecture.sources import ROOT, modules, tree
from tests.architecture.texts import (
    AT_MOST,
    NOTHING_KNOWN,
    UNKNOWN,
    Env,
    Made,
    Reader,
    Values,
    bound,
    distinct,
    either,
    hints_of,
    is_known,
    items_of,
    of_annotation,
)

PLUMBING = ("server/kernel/database/", "server/tables/")
"""Takes statements from others; what is its own, every connection and every migration runs."""
READS = {"value": 0, "values": 0, "row": 1, "rows": 1, "rows_by_key": 1}
WRITES = {"sql": 0, "sql_many": 0}
CHANGES = ("insert", "insert_many", "update")
CHANGING = ("setdefault", "update", "pop", "popitem", "remove", "clear", "sort")
READING = {"select": 1, "living": 2}
"""What begins a query, and with how many arguments it reads the fields of a struct."""
DEEP = 6


@cache
def statements_of(dialect: Dialect) -> Found:
    """Calls are followed until nothing more becomes known."""
    found = Found() if dialect == "sqlite" else statements_of("sqlite")
    before = Found()
    while set(found.statements) != set(before.statements) or not before.statements:
        before, found = found, Found()
        for path in modules("server"):
            if not str(path.relative_to(ROOT)).startswith(PLUMBING):
                Walk(path, dialect, before, found).module()
    return found


class Walk(Flow):
    """Through one module: what its calls hand over to the database, and what they give to other functions."""

    def __init__(self, path: Path, dialect: Dialect, before: Found, found: Found) -> None:
        super().__init__()
        self.path, self.before, self.found = path, before, found
        self.dialect: Dialect = dialect
        self.held = importlib.import_module(_name(path))
        self.classes = vars(self.held)
        self.reader = Reader(self.held, dialect, self._returned)

    def module(self) -> None:
        for each in tree(self.path).body:
            self._statement(each, {}, None)

    def _function(self, node: Function, env: Env, of: type | None) -> None:
        made = vars(of).get(node.name) if of else None if self.inside else vars(self.held).get(node.name)
        function = getattr(made, "__func__", getattr(made, "fget", getattr(made, "fn", made)))
        self.inside.append(node.name)
        self.returns.append([])
        for passed in self._cases(node, function):
            self._body(node.body, env | self._parameters(node, function, of, passed), None)
        self.returns.pop()
        self.inside.pop()

    def _cases(self, node: Function, function: Any) -> Sequence[dict[str, Values]]:
        """What it is called with; call by call where statements are made of it, as what is given belongs together."""
        calls = self.before.calls.get(id_of(function), [])
        if len(calls) > AT_MOST or not any(_is_built(each) for each in calls_in(node)):
            return [self.before.passed.get(id_of(function), {})]
        return [case for each in calls for case in _one_by_one(each)] or [{}]

    def _parameters(self, node: Function, function: Any, of: type | None, passed: dict[str, Values]) -> Env:
        hints = hints_of(function)
        env: Env = {}
        args = node.args
        for each in (*args.posonlyargs, *args.args, *args.kwonlyargs):
            known = self._of(hints.get(each.arg))
            env[each.arg] = passed.get(each.arg, NOTHING_KNOWN) if known == NOTHING_KNOWN else known
        env |= {each.arg: passed.get(each.arg, NOTHING_KNOWN) for each in (args.vararg, args.kwarg) if each}
        return env | ({"self": (Made(of),)} if of and "self" in env else {})

    def _of(self, hint: Any) -> Values:
        known = of_annotation(hint)
        return (self.dialect,) if self.dialect in known else known

    def _calls(self, node: ast.expr, env: Env) -> None:
        """Every call within an expression, with what is known where it stands."""
        if isinstance(node, (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)):
            for loop in node.generators:
                self._calls(loop.iter, env)
                env = self._inside(loop, env)
        elif isinstance(node, ast.Lambda):
            env = env | {each.arg: NOTHING_KNOWN for each in node.args.args}
        elif isinstance(node, ast.Call):
            self._call(node, env)
        for each in below(node):
            self._calls(each, env)

    def _inside(self, loop: ast.comprehension, env: Env) -> Env:
        """What each of its names may be at one time or another."""
        made: Env = {}
        for gone_through in self.reader.read(loop.iter, env):
            for each in items_of(gone_through) or (UNKNOWN,):
                for name, value in bound(loop.target, each, {}).items():
                    made[name] = distinct((*made.get(name, ()), *value))
        return env | made

    def _call(self, node: ast.Call, env: Env) -> None:
        if isinstance(node.func, ast.Attribute):
            verb = node.func.attr
            place = (READS | WRITES).get(verb)
            if place is not None and len(node.args) > place:
                self._handed(node, verb, env)
            elif verb in CHANGES and node.args:
                self._changed(node, verb, env)
        for called in self.reader.read(node.func, env):
            if isinstance(called, type):
                called = vars(called).get("__init__")
            if isinstance(called, FunctionType) and called.__module__.startswith("server."):
                self._passes(called, node, env)

    def _passes(self, called: FunctionType, node: ast.Call, env: Env) -> None:
        self.found.named.setdefault(id_of(called), set()).update(each.arg for each in node.keywords if each.arg)
        known = self.found.passed.setdefault(id_of(called), {})
        given = self._given(called, node, env)
        calls = self.found.calls.setdefault(id_of(called), [])
        if given not in calls:
            calls.append(given)
        for name, values in given.items():
            known[name] = distinct((*known.get(name, ()), *values))

    def _given(self, called: FunctionType, node: ast.Call, env: Env) -> dict[str, Values]:
        """What each parameter is given."""
        names = [
            each.name
            for each in parameters_of(called).values()
            if each.kind in (each.POSITIONAL_ONLY, each.POSITIONAL_OR_KEYWORD)
        ]
        if names[:1] == ["self"]:
            names = names[1:]
        given = {
            each.name: (each.default,) for each in parameters_of(called).values() if each.default is not each.empty
        }
        if any(isinstance(each, ast.Starred) for each in node.args):
            given = dict.fromkeys(parameters_of(called), NOTHING_KNOWN)
        for name, each in zip(names, node.args, strict=False):
            if not isinstance(each, ast.Starred):
                given[name] = self.reader.read(each, env)
        return given | self._named(called, node, env)

    def _named(self, called: FunctionType, node: ast.Call, env: Env) -> dict[str, Values]:
        """What is given by name; the rest of the names is one dictionary."""
        given: dict[str, Values] = {}
        rest = next((name for name, each in parameters_of(called).items() if each.kind is each.VAR_KEYWORD), None)
        every = self._columns(node, env)
        if not all(isinstance(each, dict) for each in every):
            given = {
                name: NOTHING_KNOWN for name, each in parameters_of(called).items() if each.kind is each.KEYWORD_ONLY
            }
            given |= {rest: NOTHING_KNOWN} if rest else {}
            return given | {each.arg: self.reader.read(each.value, env) for each in node.keywords if each.arg}
        for each in every:
            for name in each.keys() & parameters_of(called).keys():
                given[name] = distinct((*given.get(name, ()), each[name]))
        if rest:
            others = [{n: v for n, v in each.items() if n not in parameters_of(called)} for each in every]
            given[rest] = distinct(others)
        return given

    def _returned(self, called: FunctionType, node: ast.Call, env: Env) -> Values:
        """What a function of the server returns for these arguments."""
        back = hints_of(called).get("return")
        if not _may_say(back):
            return self._of(back)
        given = self._given(called, node, env)
        if back is str and (said := _said(called, given)):
            return said
        other = self._followed(called, given)
        return distinct(other.returns[-1]) if other else NOTHING_KNOWN

    def _followed(self, called: FunctionType, given: dict[str, Values]) -> "Walk | None":
        """Through a function that is called with this."""
        path = ROOT / inspect.getfile(called)
        body = _definition(path, called.__qualname__)
        if body is None or len(self.returns) > DEEP or str(path.relative_to(ROOT)).startswith(PLUMBING):
            return None
        other = Walk(path, self.dialect, self.before, Found())
        other.returns = [*self.returns, []]
        inner: Env = {}
        for name in parameters_of(called):
            known = self._of(hints_of(called).get(name))
            inner[name] = given.get(name, NOTHING_KNOWN) if known == NOTHING_KNOWN else known
        if "self" in inner:
            inner["self"] = (Made(vars(other.held)[called.__qualname__.split(".")[0]]),)
        end = other._body(body.body, inner, None)
        other.ends += [end] if end is not None else []
        return other

    def _grown(self, node: ast.expr, env: Env) -> Env:
        """After calls that add to what they are given, or change it in a way that is not followed."""
        for call in calls_in(node):
            of = call.func.value if isinstance(call.func, ast.Attribute) and call.func.attr in CHANGING else None
            if isinstance(of, ast.Name) and _can_grow(env.get(of.id, ())):
                env = env | {of.id: NOTHING_KNOWN}
            lists = {each.id for each in call.args if isinstance(each, ast.Name) and _can_grow(env.get(each.id, ()))}
            for called in self.reader.read(call.func, env) if lists else ():
                if isinstance(called, FunctionType) and called.__module__.startswith("server.") and _adds(called):
                    env = env | self._lists_after(called, call, env, lists)
        return env

    def _lists_after(self, called: FunctionType, call: ast.Call, env: Env, lists: set[str]) -> Env:
        other = self._followed(called, self._given(called, call, env))
        after: Env = {}
        for parameter, each in zip(parameters_of(called), call.args, strict=False):
            if other and isinstance(each, ast.Name) and each.id in lists:
                for end in other.ends:
                    after[each.id] = either(after.get(each.id, env[each.id]), end[parameter])
        return after

    def _handed(self, node: ast.Call, verb: str, env: Env) -> None:
        n = (READS | WRITES)[verb]
        if self._asked(node.args[n], node, n, env):
            return
        texts = self.reader.read(node.args[n], env)
        into = self.reader.read(node.args[0], env) if n else (None,)
        args = frozenset(each.arg for each in node.keywords if each.arg)
        named = None if any(each.arg is None for each in node.keywords) or verb == "sql_many" else args
        for text in texts:
            for struct in into:
                if isinstance(text, str):
                    self._note(node, verb, text, struct if isinstance(struct, type) else None, named)
        if not all(isinstance(each, str) for each in texts):
            self.found.unread.add(self._place())

    def _asked(self, query: ast.expr, node: ast.Call, n: int, env: Env) -> bool:
        """Whether it is a query of Piccolo's, which begins with `select`."""
        calls = [each for each in calls_in(query) if isinstance(each.func, ast.Name) and each.func.id in READING]
        if not calls:
            return False
        begun = calls[0]
        intos = (
            self.reader.read(node.args[0], env)
            if n and len(begun.args) == READING[ast.unparse(begun.func)]
            else (None,)
        )
        for table, into in product(self.reader.read(begun.args[0], env), intos):
            if isinstance(table, str):
                continue
            if not (isinstance(table, type) and issubclass(table, Table)):
                self.found.unread.add(self._place())
                continue
            struct = into if isinstance(into, type) else None
            self.found.queries.append(Asked(self._place(), node.lineno, table, struct))
        return True

    def _changed(self, node: ast.Call, verb: str, env: Env) -> None:
        """Statements that are made of a table and names of columns."""
        rest = node.args[1:]
        for table in self.reader.read(node.args[0], env):
            if table is UNKNOWN and (node.keywords or rest):
                self.found.unread.add(self._place())
            if isinstance(table, str):
                continue
            if not (isinstance(table, type) and issubclass(table, Table)):
                continue
            rows: Values = self._columns(node, env)
            if verb == "insert_many":
                rows = tuple(each for rows in self.reader.read(rest[0], env) for each in items_of(rows)[:1])
            wheres = self.reader.read(rest[0], env) if verb == "update" else ({},)
            for row, where in product(rows, wheres):
                if not isinstance(row, dict) or not isinstance(where, dict):
                    self.found.unread.add(self._place())
                    continue
                row.pop("expect", None)
                columns, name = tuple(row), name_of(table)
                text = _update(name, tuple(where), columns) if verb == "update" else _insert(name, columns)
                self._note(node, verb, text, None, None)

    def _columns(self, node: ast.Call, env: Env) -> Values:
        """The keywords of a call, by name."""
        names: list[ast.expr | None] = [ast.Constant(each.arg) if each.arg else None for each in node.keywords]
        return self.reader.read(ast.Dict(names, [each.value for each in node.keywords]), env)

    def _note(self, node: ast.Call, verb: str, text: str, into: type | None, args: frozenset[str] | None) -> None:
        self.found.statements.append(Statement(self._place(), node.lineno, verb, text, into, args))

    def _place(self) -> str:
        return f"{self.path.relative_to(ROOT)}:{'.'.join(self.inside)}"


def _is_built(call: ast.Call) -> bool:
    """Whether what a call hands over is not there to be read."""
    if not isinstance(call.func, ast.Attribute) or not call.args:
        return False
    n = (READS | WRITES).get(call.func.attr, 0)
    is_plain = len(call.args) > n and isinstance(call.args[n], ast.Constant)
    return call.func.attr in (*READS, *WRITES, *CHANGES) and not is_plain


def _one_by_one(given: dict[str, Values]) -> Iterator[dict[str, Values]]:
    """A call that gives one of several names, as several calls."""
    several = {
        name: values for name, values in given.items() if len(values) > 1 and all(isinstance(v, str) for v in values)
    }
    if prod(map(len, several.values())) > AT_MOST:
        several = {}
    for each in product(*several.values()):
        yield given | {name: (value,) for name, value in zip(several, each, strict=True)}


def _can_grow(values: Values) -> bool:
    return any(isinstance(each, (list, dict)) for each in values)


def _said(called: FunctionType, given: dict[str, Values]) -> Values:
    """What a function says that makes text of nothing but what is known; nothing for any other."""
    names = parameters_of(called)
    if inspect.iscoroutinefunction(called) or not given or given.keys() != names.keys():
        return ()
    if not all(isinstance(value, (str, int, tuple)) and is_known(value) for each in given.values() for value in each):
        return ()
    return distinct([called(**dict(zip(names, each, strict=True))) for each in product(*(given[n] for n in names))])


def _may_say(back: Any) -> bool:
    """Whether a statement, a part of one, or names of columns may be what a function returns."""
    return back is str or get_origin(back) in (tuple, list, dict, abc.Sequence, abc.Mapping, abc.Iterable)


@cache
def parameters_of(called: FunctionType) -> abc.Mapping[str, inspect.Parameter]:
    return inspect.signature(called).parameters


@cache
def _adds(called: FunctionType) -> bool:
    """Whether a function may change what it is given."""
    body = _definition(ROOT / inspect.getfile(called), called.__qualname__)
    names = [
        each.func.value
        for each in (calls_in(body) if body else ())
        if isinstance(each.func, ast.Attribute) and each.func.attr in (*CHANGING, *GROWING)
    ]
    names += [each.value for each in ast.walk(body) if isinstance(each, ast.Subscript)] if body else []
    return any(isinstance(each, ast.Name) and each.id in parameters_of(called) for each in names)


def _name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def id_of(function: Any) -> tuple[str, str]:
    return getattr(function, "__module__", "") or "", getattr(function, "__qualname__", "")


@cache
def _definition(path: Path, qualname: str) -> Function | None:
    body: Sequence[ast.stmt] = tree(path).body
    found: ast.stmt | None = None
    for name in qualname.split("."):
        found = next((each for each in body if getattr(each, "name", None) == name), None)
        body = getattr(found, "body", ())
    return found if isinstance(found, (ast.FunctionDef, ast.AsyncFunctionDef)) else None
