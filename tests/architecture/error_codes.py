"""Every code by which a request is refused, read from the sources: with which status, or for which kind of field."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from inspect import isclass
from pathlib import Path

import server.kernel.errors
from server.accounts.sign_in.quotas import Quota
from server.channels.base import DeliveryFailed
from server.covers.time_off_calendars import SAID
from server.kernel.egress import OutboundError
from server.kernel.errors import DogwatchError
from server.kernel.limits import strict_http
from shared.domain.covers.requests import REASONS as COVER_REASONS
from shared.domain.incidents.allowed_verbs import REASONS as VERB_REASONS
from tests.architecture.sources import modules, place, tree

ERRORS = {
    name: each.status
    for name, each in vars(server.kernel.errors).items()
    if isclass(each) and issubclass(each, DogwatchError)
}
FIELDS = {
    "FieldError": 1,
    "flaw": 1,
    "one": 1,
    "BadEvent": 1,
    "_flaw": 1,
    "wrong": 1,
    "_wrong": 1,
    "_not_understood": 1,
}
"""Which argument is the code of what is wrong with a field."""
STRUCTS = {"Flaw", "ConditionFlaw", "RuleFlaw", "FieldProblem"}
BARE = {"Refusal": 409, "CoverRefusal": 409, "UnreadableCalendar": 0}
"""What begins with its code; 0 is told of a field."""
GATHERS = "add"
"""`Flaws.add(field, code, message)`: of several words in a row it is the second."""
PAIRS = {"server/accounts/people/invite_table.py": 1, "shared/domain/pipeline/conditions.py": 0}
"""Files in which a code stands in a tuple, and at which place of it."""
NO_CODES = {("server/kernel/reading/misfits.py", "_wrong"), ("server/accounts/sign_in/throttle.py", "_wrong")}
"""Functions of the same name that are given something else."""
FORBIDDEN = {"not_asked", "not_yours", "not_deciding"}
"""Of the reasons why a cover can't be answered: whose business it isn't."""
FRAMEWORK = {"method_not_allowed": 405}
PASSES = {
    "server/accounts/people/invite_table.py",
    "server/accounts/people/people.py",
    "server/accounts/sign_in/quotas.py",
    "server/accounts/sign_in/sign_in.py",
    "server/covers/answers.py",
    "server/covers/pager.py",
    "server/covers/asking.py",
    "server/covers/time_off_calendars.py",
    "server/incidents/merging.py",
    "server/incidents/write.py",
    "server/integrations/base.py",
    "server/integrations/events.py",
    "server/integrations/pagerduty.py",
    "server/schedules/groups.py",
    "server/schedules/known.py",
    "server/services/calendars.py",
    "server/services/rules.py",
    "server/services/change.py",
    "server/status_pages/event_checks.py",
    "server/kernel/errors.py",
    "server/ingest/accept.py",
    "server/covers/fetch_calendar.py",
    "shared/domain/flaws.py",
    "shared/domain/incidents/allowed_verbs.py",
    "shared/domain/covers/requests.py",
    "shared/domain/pipeline/conditions.py",
    "shared/domain/pipeline/rules.py",
}
"""Hand on a code that stands elsewhere, or in one of the tables that `told` reads."""


@dataclass
class Told:
    """How a code is told: as that of the whole answer with these statuses, or of one field of it."""

    statuses: set[int] = field(default_factory=set[int])
    is_of_field: bool = False
    message: str = ""


class Reading:
    """What the sources say so far."""

    def __init__(self) -> None:
        self.codes: dict[str, Told] = {}
        self.unread = set[str]()

    def note(self, code: ast.expr | str, status: int, message: str = "", path: Path | None = None) -> None:
        """With 0 as its status a code is a field's."""
        words = [code] if isinstance(code, str) else list(_words(code, path))
        if not words and path is not None:
            self.unread.add(place(path))
        for word in words:
            each = self.codes.setdefault(word, Told())
            each.message = each.message or message
            each.is_of_field |= status == 0
            each.statuses |= {status} - {0}

    def call(self, node: ast.Call, path: Path) -> None:
        name = ast.unparse(node.func).rpartition(".")[2]
        code = next((each.value for each in node.keywords if each.arg == "code"), None)
        n = FIELDS.get(name)
        if code is not None and name in ERRORS:
            self.note(code, ERRORS[name], _text(node.args[0]) if node.args else "", path)
        elif code is not None and name in STRUCTS:
            self.note(code, 0, "", path)
        elif n is not None and len(node.args) > n and (place(path), name) not in NO_CODES:
            self.note(node.args[n], 0, _text(node.args[n + 1]) if len(node.args) > n + 1 else "", path)
        elif name == GATHERS and len(node.args) == 3 and _text(node.args[1]).isidentifier():
            self.note(node.args[1], 0, _text(node.args[2]), path)
        elif name in BARE and node.args:
            self.note(node.args[0], BARE[name], _text(node.args[-1]) if len(node.args) > 1 else "", path)

    def pair(self, node: ast.Tuple, path: Path) -> None:
        n = PAIRS.get(place(path))
        if n is not None and len(node.elts) == n + 2 and " " in _text(node.elts[-1]):
            self.note(node.elts[n], 0, _text(node.elts[-1]))

    def tables(self) -> None:
        """Codes that stand in tables of the program, and those that classes have."""
        for error in vars(server.kernel.errors).values():
            if isclass(error) and issubclass(error, DogwatchError):
                self.note(error.default_code, error.status, error.title)
        for code, message in (*VERB_REASONS.items(), *COVER_REASONS.items()):
            self.note(code, 403 if code in FORBIDDEN else 409, message)
        for code, (status, message) in strict_http.REFUSALS.items():
            self.note(code, status, message)
        for quota in Quota:
            self.note(f"too_many_{quota.name.lower()}", 429, "too many within an hour; wait a little")
        for error in _all(OutboundError):
            self.note(error.code, 0, (error.__doc__ or "").strip())
        for code, message in SAID.items():
            self.note(code, 0, message)
        for code in re.findall(r"`([a-z]\w+)`", (DeliveryFailed.__doc__ or "").partition("phones translate:")[2]):
            self.note(code, 0)
        for code, status in FRAMEWORK.items():
            self.note(code, status)


@cache
def read_all() -> Reading:
    """By code; and the files that hand on codes which don't stand there."""
    reading = Reading()
    for path in (each for each in modules("server", "shared") if "tables" not in each.parts):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call):
                reading.call(node, path)
            elif isinstance(node, ast.Tuple):
                reading.pair(node, path)
    reading.tables()
    return reading


def _all(of: type[OutboundError]) -> list[type[OutboundError]]:
    return [of, *(more for each in of.__subclasses__() for more in _all(each))]


def _words(code: ast.expr | None, path: Path | None) -> Iterator[str]:
    if isinstance(code, ast.Constant) and isinstance(code.value, str):
        yield code.value
    elif isinstance(code, ast.IfExp):
        yield from _words(code.body, path)
        yield from _words(code.orelse, path)
    elif isinstance(code, ast.Name) and code.id.isupper() and path is not None:
        for node in tree(path).body:
            if isinstance(node, ast.Assign | ast.AnnAssign) and code.id in ast.unparse(node).partition("=")[0]:
                yield from _words(node.value, path)


def _text(node: ast.expr) -> str:
    """A sentence of the sources, with a name where a value stands."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values)
    return ""
