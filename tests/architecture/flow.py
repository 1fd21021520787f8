"""What names may stand for while a function's statements are gone through, branch by branch."""

import ast
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from tests.architecture.texts import (
    NOTHING_KNOWN,
    UNKNOWN,
    Env,
    Reader,
    Values,
    bound,
    distinct,
    is_known,
    items_of,
    merged,
)

Function = ast.FunctionDef | ast.AsyncFunctionDef
GROWING = ("append", "extend", "insert")


class Flow(ABC):
    """Through statements, from top to bottom; what is done with calls and functions is a subclass's."""

    reader: Reader
    classes: dict[str, Any]

    def __init__(self) -> None:
        self.inside: list[str] = []
        self.returns: list[list[Any]] = []
        self.ends: list[Env] = []

    @abstractmethod
    def _function(self, node: Function, env: Env, of: type | None) -> None: ...

    @abstractmethod
    def _calls(self, node: ast.expr, env: Env) -> None: ...

    @abstractmethod
    def _grown(self, node: ast.expr, env: Env) -> Env: ...

    def _body(self, body: Sequence[ast.stmt], env: Env, of: type | None) -> Env | None:
        """What is known at the end; None where the end isn't reached."""
        for each in body:
            after = self._statement(each, env, of)
            if after is None:
                return None
            env = after
        return env

    def _statement(self, node: ast.stmt, env: Env, of: type | None) -> Env | None:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            self._function(node, env, of)
            return env | ({node.name: NOTHING_KNOWN} if self.inside and of is None else {})
        if isinstance(node, ast.ClassDef):
            self._body(node.body, {}, self.classes.get(node.name))
            return env
        for each in _expressions(node):
            self._calls(each, env)
            env = self._grown(each, env)
        handler = getattr(self, f"_{type(node).__name__.lower()}", None)
        return handler(node, env) if handler else env

    def _return(self, node: ast.Return, env: Env) -> None:
        self.returns[-1] += self.reader.read(node.value, env) if node.value else [None]
        self.ends.append(env)

    def _raise(self, node: ast.Raise, env: Env) -> None:
        return None

    def _continue(self, node: ast.Continue, env: Env) -> None:
        return None

    def _if(self, node: ast.If, env: Env) -> Env | None:
        decided = self.reader.decided(node.test, env)
        one = self._body(node.body, env, None) if decided is not False else None
        other = self._body(node.orelse, env, None) if decided is not True else None
        if one is None or other is None:
            return one if other is None else other
        return merged(one, other)

    def _for(self, node: ast.For | ast.AsyncFor, env: Env) -> Env:
        for gone_through in self.reader.read(node.iter, env):
            for each in items_of(gone_through) or (UNKNOWN,):
                after = self._body(node.body, bound(node.target, each, env), None)
                env = merged(env, after) if after is not None else env
        return env

    _asyncfor = _for

    def _while(self, node: ast.While, env: Env) -> Env:
        after = self._body(node.body, env, None)
        return env if after is None else merged(env, after)

    def _with(self, node: ast.With | ast.AsyncWith, env: Env) -> Env | None:
        return self._body(node.body, env, None)

    _asyncwith = _with

    def _try(self, node: ast.Try, env: Env) -> Env | None:
        after = self._body([*node.body, *node.orelse], env, None)
        for each in node.handlers:
            other = self._body(each.body, env, None)
            after = other if after is None else after if other is None else merged(after, other)
        return self._body(node.finalbody, after if after is not None else env, None)

    def _assign(self, node: ast.Assign, env: Env) -> Env:
        values = self.reader.read(node.value, env)
        for target in node.targets:
            env = self._bind(target, values, env)
        return env

    def _annassign(self, node: ast.AnnAssign, env: Env) -> Env:
        return self._bind(node.target, self.reader.read(node.value, env), env) if node.value else env

    def _augassign(self, node: ast.AugAssign, env: Env) -> Env:
        if not isinstance(node.target, ast.Name):
            return env
        sum = ast.BinOp(ast.Name(node.target.id), node.op, node.value)
        return env | {node.target.id: self.reader.read(sum, env)}

    def _expr(self, node: ast.Expr, env: Env) -> Env:
        """Lists that grow."""
        call = node.value
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)):
            return env
        if not isinstance(call.func.value, ast.Name) or call.func.attr not in GROWING:
            return env
        name, (*_, added) = call.func.value.id, call.args
        more = added if call.func.attr == "extend" else ast.List([added])
        return env | {name: self.reader.read(ast.BinOp(ast.Name(name), ast.Add(), more), env)}

    def _bind(self, target: ast.expr, values: Values, env: Env) -> Env:
        if isinstance(target, ast.Name):
            return env | {target.id: values}
        if isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name):
            return self._set_item(target.value.id, self.reader.read(target.slice, env), values, env)
        made: Env = {}
        for each in values:
            for name, value in bound(target, each, {}).items():
                made[name] = distinct((*made.get(name, ()), *value))
        return env | made

    def _set_item(self, name: str, keys: Values, values: Values, env: Env) -> Env:
        dicts = env.get(name, NOTHING_KNOWN)
        if not is_known(keys) or not all(isinstance(each, dict) for each in dicts):
            return env | {name: NOTHING_KNOWN}
        return env | {name: tuple(each | {key: values[0]} for each in dicts for key in keys)}


def _expressions(node: ast.stmt) -> Iterator[ast.expr]:
    """Of a statement itself, not of those within it."""
    for each in ast.iter_child_nodes(node):
        if isinstance(each, ast.expr):
            yield each
        elif isinstance(each, ast.withitem):
            yield each.context_expr


@cache
def calls_in(node: ast.AST) -> tuple[ast.Call, ...]:
    return tuple(each for each in ast.walk(node) if isinstance(each, ast.Call))


@cache
def below(node: ast.AST) -> tuple[ast.expr, ...]:
    """The expressions right below, as far as there are calls in them."""
    inner = [each for child in ast.iter_child_nodes(node) for each in (child, *_between(child))]
    return tuple(each for each in inner if isinstance(each, ast.expr) and calls_in(each))


def _between(node: ast.AST) -> Iterator[ast.AST]:
    return ast.iter_child_nodes(node) if isinstance(node, (ast.keyword, ast.comprehension)) else iter(())
