"""Ask for something that may be refused."""

from typing import Any

from tests.kit.client import Client


async def answered(client: Client, method: str, path: str, body: Any = None, rev: int | None = None) -> tuple[int, str]:
    """Status and, where it is a refusal, its code."""
    headers = {} if rev is None else {"if-match": str(rev)}
    answer = await client.send(method, path, body, headers=headers)
    problem = answer.json() if answer.content else {}
    return answer.status_code, problem.get("code", "") if answer.status_code >= 400 else ""


def fields(answer: Any) -> list[tuple[str, str]]:
    """(field, code) of everything that a refusal names."""
    return [(error["field"], error["code"]) for error in answer.json()["errors"]]
