"""Passwords: argon2id with OWASP's profile, at most two computed at once in a process."""

import asyncio
import contextlib
import json
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from server.kernel.errors import FieldError, Unavailable
from server.kernel.limits.strangers import step_aside
from server.kernel.settings import SHORTEST_PASSWORD

T = TypeVar("T")
LONGEST = 200
WAITING = 16
LESS_URGENT = 10
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def _give_way() -> None:
    """Hashing yields to everything else where the system counts niceness by thread, as Linux does."""
    with contextlib.suppress(OSError, AttributeError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), LESS_URGENT)


_two = ThreadPoolExecutor(2, thread_name_prefix="argon2", initializer=_give_way)
_places = threading.BoundedSemaphore(2 + WAITING)
_DUMMY = _hasher.hash("nobody has this password")
_COMMON = frozenset(json.loads(Path(__file__).with_name("common_passwords.json").read_text("utf-8")))


async def hash_password(password: str) -> str:
    return await _in_line(_hasher.hash, password)


async def is_password(password: str, hashed: str | None) -> bool:
    """Takes the same time when there is nobody to compare with."""
    matches = await _in_line(_verify, hashed or _DUMMY, password)
    return matches and hashed is not None


async def _in_line(work: Callable[..., T], *args: Any) -> T:
    """Raises Unavailable when too many wait for one of the two."""
    step_aside()
    if not _places.acquire(blocking=False):
        raise Unavailable("too many are signing in; try again", retry_after_s=1)
    try:
        return await asyncio.get_running_loop().run_in_executor(_two, work, *args)
    finally:
        _places.release()


async def renewed_hash(password: str, hashed: str) -> str | None:
    """A hash with today's parameters of a password that has just matched; None when it has them already."""
    return await hash_password(password) if _hasher.check_needs_rehash(hashed) else None


def _verify(hashed: str, password: str) -> bool:
    try:
        return _hasher.verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False


def password_flaw(password: str, *, email: str = "", field: str = "password") -> FieldError | None:
    """Why a new password is refused to whoever signs in with this address."""
    if len(password) < SHORTEST_PASSWORD:
        return FieldError(
            field, "too_short", f"must have at least {SHORTEST_PASSWORD} characters", {"min": SHORTEST_PASSWORD}
        )
    if len(password) > LONGEST:
        return FieldError(field, "too_long", f"must have at most {LONGEST} characters", {"max": LONGEST})
    if password.isspace() or len(set(password.casefold())) == 1:
        return FieldError(field, "too_simple", "must not be one character again and again")
    if password.casefold() in _COMMON:
        return FieldError(field, "too_common", "is one of the passwords that are guessed first")
    if _is_own(password, email):
        return FieldError(field, "own_address", "must not be your own address")
    return None


def _is_own(password: str, email: str) -> bool:
    """Whether it is one's address, whole or to its @, whatever digits and signs stand around and between."""
    plain, local = _letters(password), _letters(email.partition("@")[0])
    return bool(local) and plain in (_letters(email), local, local * 2, _letters(email.partition("@")[2]))


def _letters(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalpha())
