"""Access tokens for Firebase: firebase-admin and google-auth block and are untyped, so they stay in here."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from importlib import import_module
from typing import Any

from server.channels.base import DeliveryFailed
from server.kernel.outbound import PUSH_TIMEOUT_S
from server.kernel.settings import SettingError

SCOPE = "https://www.googleapis.com/auth/firebase.messaging"
FRESH_FOR_S = 50 * 60


class GoogleTokens:
    """The current access token of one service account; asks Google in a thread of its own, one at a time."""

    def __init__(self, credentials: str | dict[str, Any]) -> None:
        """A service account's file or what it says; raises SettingError."""
        try:
            certificate = import_module("firebase_admin.credentials").Certificate(credentials)
            self.project_id: str = certificate.project_id
            self._credential: Any = certificate.get_credential().with_scopes([SCOPE])
            self._request: Any = partial(
                import_module("google.auth.transport.requests").Request(), timeout=PUSH_TIMEOUT_S
            )
            self._exceptions: Any = import_module("google.auth.exceptions")
        except ImportError as error:
            raise SettingError("FCM_CREDENTIALS", "needs the extra: pip install 'dogwatch[push]'") from error
        except (ValueError, TypeError, AttributeError, LookupError, OSError) as error:
            raise SettingError("FCM_CREDENTIALS", f"not a service-account file: {error}") from error
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="google-token")
        self._lock = asyncio.Lock()
        self._token = ""
        self._fetched_s = 0.0

    async def current(self, *, refused: str = "") -> str:
        """A token that isn't `refused`; raises DeliveryFailed when Google gives none."""
        async with self._lock:
            is_fresh = self._token and time.monotonic() - self._fetched_s < FRESH_FOR_S
            if not is_fresh or self._token == refused:
                self._token = await self._fetch()
                self._fetched_s = time.monotonic()
            return self._token

    def close(self) -> None:
        self._thread.shutdown(wait=False)

    async def _fetch(self) -> str:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(PUSH_TIMEOUT_S):
                await loop.run_in_executor(self._thread, self._credential.refresh, self._request)
        except TimeoutError as error:
            raise DeliveryFailed("timeout", permanent=False) from error
        except self._exceptions.TransportError as error:
            raise DeliveryFailed("unreachable", permanent=False) from error
        except self._exceptions.GoogleAuthError as error:
            if getattr(error, "retryable", False):
                raise DeliveryFailed("unreachable", permanent=False) from error
            raise DeliveryFailed("bad_credentials", permanent=False, bad_credentials=True) from error
        return str(self._credential.token)
