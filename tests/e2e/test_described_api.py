"""Whatever is sent, as whoever: the API answers as its own description says, and never with 5xx."""

# pyright: basic

import asyncio
import os
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Err
from schemathesis.specs.openapi import checks

from tests.kit.described import described_server, real_ids, token_of

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "2"))
SEED = int(os.environ.get("FUZZ_SEED", "1"))
MOST_OF_THE_READS = 20
ROLES = ("nobody", "viewer", "responder", "manager", "admin")
ENDS_THE_SESSION = {"signOut"}
"""Left out, because whoever calls them can go on no more; tests/accounts has them."""
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with asyncio.Runner() as runner:
        serving = described_server(tmp_path_factory.mktemp("described"))
        yield runner.run(serving.__aenter__())
        runner.run(serving.__aexit__(None, None, None))


@pytest.mark.parametrize("role", ROLES)
def test_every_answer_is_one_that_the_description_names(server: str, role: str) -> None:
    schema = schemathesis.openapi.from_url(f"{server}/schema/openapi.json")
    headers = {}
    if role != "nobody":
        headers["authorization"] = f"Bearer {token_of(server, f'{role}@example.com')}"
    ids = real_ids(server, token_of(server, "admin@example.com"))
    failures: list[str] = []
    seen: Counter[int] = Counter()
    for result in schema.get_all_operations():
        assert not isinstance(result, Err), result.err()
        operation = result.ok()
        if operation.definition.raw.get("operationId") not in ENDS_THE_SESSION:
            failures += _tried(operation, headers, ids, Tries(random.Random(f"{SEED} {operation.label}"), seen))
    assert not failures, "\n\n".join(failures)
    assert seen[401 if role == "nobody" else 200] > MOST_OF_THE_READS, seen


@dataclass(frozen=True)
class Tries:
    """Chance, and the statuses that were answered."""

    chance: random.Random
    seen: Counter[int]


def _tried(operation: Any, headers: dict[str, str], ids: dict[str, list[str]], tries: Tries) -> list[str]:
    """What went wrong with one operation, in words."""

    @seeded(SEED)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        phases=[Phase.generate],
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
    )
    @given(case=operation.as_strategy())
    def send(case: Any) -> None:
        for name in case.path_parameters or {}:
            if ids.get(name) and tries.chance.random() < 0.8:
                case.path_parameters[name] = tries.chance.choice(ids[name])
        answer = case.call(headers=headers, timeout=20)
        tries.seen[answer.status_code] += 1
        case.validate_response(answer, checks=CHECKS)

    try:
        send()
    except Exception as error:  # every kind of failure is told with its operation, after all were tried
        causes = error.exceptions if isinstance(error, BaseExceptionGroup) else [error]
        return [f"{operation.label}: {cause}"[:600] for cause in causes]
    return []
