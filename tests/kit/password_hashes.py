"""Hashes of passwords for tests: the installation's, which take 30 ms each of the CPU, and cheap ones."""

import pytest
from argon2 import PasswordHasher

from server.accounts.sign_in import passwords

REAL = passwords._hasher
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def use_hasher(patch: pytest.MonkeyPatch, hasher: PasswordHasher) -> None:
    """In this process; those that a test starts have the real one."""
    patch.setattr(passwords, "_hasher", hasher)
    patch.setattr(passwords, "_DUMMY", hasher.hash("nobody has this password"))
