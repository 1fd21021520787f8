"""README and the guides as a reader meets them: headings, blocks, links, and the commands of their blocks."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAIRS = (
    ("README.md", "README.zh-CN.md"),
    ("docs/guide/users.md", "docs/guide/users.zh-CN.md"),
    ("docs/guide/operators.md", "docs/guide/operators.zh-CN.md"),
)
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^(#+) (.+)$", re.MULTILINE)
_LINK = re.compile(r"\[[^\]]+\]\(([^)\s]+)\)")
_COMMENT = re.compile(r"(^|\s+)#.*")
_NO_ANCHOR = re.compile(r"[^\w\- ]")


@dataclass(frozen=True)
class Command:
    """One command of a shell block; it may reach over several lines."""

    text: str
    argv: tuple[str, ...]

    @property
    def program(self) -> str:
        return Path(self.argv[0]).name


@dataclass(frozen=True)
class Block:
    language: str
    text: str

    @property
    def code(self) -> list[str]:
        """Its lines without comments, which are for readers of one language."""
        lines = [_COMMENT.sub("", line).rstrip() for line in self.text.splitlines()]
        return [line for line in lines if line]

    def commands(self) -> Iterator[Command]:
        """Raises ValueError for quotes that are left open."""
        text = ""
        for line in self.text.splitlines():
            text = f"{text}\n{line}" if text else line
            try:
                argv = shlex.split(text, comments=True)
            except ValueError:  # goes on in the next line
                continue
            if argv:
                yield Command(text, tuple(argv))
            text = ""
        if text:
            raise ValueError(f"not a whole command: {text}")


@dataclass(frozen=True)
class Guide:
    name: str

    @cached_property
    def text(self) -> str:
        return (ROOT / self.name).read_text("utf-8")

    @cached_property
    def blocks(self) -> list[Block]:
        return [Block(language, text) for language, text in _BLOCK.findall(self.text)]

    @cached_property
    def prose(self) -> str:
        """All but the blocks."""
        return _BLOCK.sub("", self.text)

    @cached_property
    def headings(self) -> list[tuple[int, str]]:
        """Level and anchor of each."""
        return [(len(marks), anchor_of(title)) for marks, title in _HEADING.findall(self.prose)]

    def links(self) -> Iterator[tuple[Path, str]]:
        """Files and anchors that it leads to; what begins with a scheme leads out of here."""
        for target in _LINK.findall(self.prose):
            if ":" not in target:
                path, _, anchor = target.partition("#")
                yield ((ROOT / self.name).parent / path if path else ROOT / self.name).resolve(), anchor

    def commands(self) -> Iterator[Command]:
        for block in self.blocks:
            if block.language == "sh":
                yield from block.commands()


def anchor_of(title: str) -> str:
    """As GitHub and GitLab make it."""
    return _NO_ANCHOR.sub("", title.lower()).replace(" ", "-")


GUIDES = tuple(Guide(name) for pair in PAIRS for name in pair)
