"""HTTP as a story's people speak it."""

from typing import Any

import httpx
import msgspec


class Client:
    """HTTP as one person, or as nobody."""

    def __init__(self, http: httpx.AsyncClient, token: str | None = None) -> None:
        self._http = http
        self.token = token

    async def send(
        self, method: str, path: str, body: Any = None, *, headers: dict[str, str] | None = None, **query: Any
    ) -> httpx.Response:
        sent = dict(headers or {})
        if self.token:
            sent.setdefault("authorization", f"Bearer {self.token}")
        content = None
        if body is not None:
            content = body if isinstance(body, bytes) else msgspec.json.encode(body)
            sent.setdefault("content-type", "application/json")
        return await self._http.request(method, path, content=content, headers=sent, params=query)

    async def get(self, path: str, **query: Any) -> Any:
        return _ok(await self.send("GET", path, **query))

    async def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return _ok(await self.send("POST", path, body, headers={k.replace("_", "-"): v for k, v in headers.items()}))

    async def put(self, path: str, body: Any, *, rev: int) -> Any:
        return _ok(await self.send("PUT", path, body, headers={"if-match": str(rev)}))


def _ok(response: httpx.Response) -> Any:
    assert response.status_code < 300, f"{response.status_code} {response.text}"
    return response.json() if response.content else None
