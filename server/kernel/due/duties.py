"""Who handles what is due: said beside each handler, bound where all their parts are."""

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields
from types import ModuleType
from typing import Any, TypeVar

from server.kernel.due.kinds import Kind
from server.kernel.due.loop import Binding, Handler

Class = TypeVar("Class", bound=Callable[..., Handler])


@dataclass(frozen=True)
class _Duty:
    by: Callable[..., Handler]
    at_once: int
    aside: int
    in_batches: bool
    may_be_late: bool


class Duties:
    """The handlers of kinds; each is a dataclass whose fields name the parts that it works with."""

    def __init__(self) -> None:
        self._declared: dict[Kind[Any], _Duty] = {}

    def handles(
        self, kind: Kind[Any], *, at_once: int = 8, aside: int = 0, in_batches: bool = False, may_be_late: bool = False
    ) -> Callable[[Class], Class]:
        """Class decorator: this handles `kind`, as `Binding` says it."""

        def declare(cls: Class) -> Class:
            if kind in self._declared:
                raise ValueError(f"{kind} is handled twice")
            self._declared[kind] = _Duty(cls, at_once, aside, in_batches, may_be_late)
            return cls

        return declare

    def load(self, *rooms: ModuleType) -> "Duties":
        """Import the modules of these rooms, but for those that answer requests."""
        for room in rooms:
            for found in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
                if not found.name.endswith("api"):
                    importlib.import_module(found.name)
        return self

    def bind(self, parts: Mapping[str, Any]) -> dict[Kind[Any], Binding]:
        """Every kind with its handler, made of `parts`; one that handles several kinds is one object."""
        made = {duty.by: _made(duty.by, parts) for duty in self._declared.values()}
        return {
            kind: Binding(made[duty.by], duty.at_once, duty.aside, duty.in_batches, duty.may_be_late)
            for kind, duty in sorted(self._declared.items())
        }


def _made(cls: Callable[..., Handler], parts: Mapping[str, Any]) -> Handler:
    needed: Any = cls
    wanted = [each.name for each in fields(needed) if each.default is MISSING and each.default_factory is MISSING]
    return cls(**{name: parts[name] for name in wanted})


DUTIES = Duties()
handles = DUTIES.handles
