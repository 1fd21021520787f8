"""Families of members that register by decorator: integrations, channels."""

import importlib
import pkgutil
from collections.abc import Iterator
from types import ModuleType
from typing import Any, ClassVar, Generic, Protocol, TypeVar, cast


class Named(Protocol):
    """A member says under which slug it is known."""

    slug: ClassVar[str]


Member = TypeVar("Member", bound=Named)
Class = TypeVar("Class", bound=type[Any])


class Registry(Generic[Member]):
    """The members of one family by slug; `load` imports every module of the family's package."""

    def __init__(self, family: str) -> None:
        self.family = family
        self._members: dict[str, type[Member]] = {}

    def member(self, cls: Class) -> Class:
        """Class decorator that registers a member."""
        if cls.slug in self._members:
            raise ValueError(f"{self.family} has two members named {cls.slug!r}")
        self._members[cls.slug] = cast("type[Member]", cls)
        return cls

    def load(self, package: ModuleType) -> "Registry[Member]":
        for module in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
            importlib.import_module(module.name)
        return self

    def get(self, slug: str) -> type[Member] | None:
        return self._members.get(slug)

    def __getitem__(self, slug: str) -> type[Member]:
        return self._members[slug]

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._members))

    def __contains__(self, slug: str) -> bool:
        return slug in self._members
