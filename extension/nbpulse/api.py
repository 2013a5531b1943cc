"""The server's HTTP API as one participant uses it from code. A failure is a value with words, never an exception.

Imported when somebody connects or hands in, not with the package: `urllib` costs 30 ms. Redirects are not followed, so
a token goes to the origin that gave it and nowhere else; proxies are those of the environment, none for this computer.
"""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from .exchange import NoRedirect, proxies_for
from .text import safe_str
from .thread import log
from .version import VERSION

_REPLY_BYTES = 4 << 20
_PROBLEM_BYTES = 64 << 10
_TIMEOUT_SECONDS = 15.0
_WORDS = 400


class Answer(NamedTuple):
    """What came of one request."""

    #: Status of HTTP; 0 when there was no answer.
    status: int
    #: Parsed JSON of a success; empty for every other answer.
    body: dict[str, Any]
    #: `problemCode` of the wire, `unreachable`, or `not-nbpulse` (somebody else answers there); empty on success.
    code: str = ""
    #: Words for a person.
    message: str = ""
    retry_after_seconds: float | None = None

    @property
    def ok(self) -> bool:
        return not self.code

    @property
    def passes(self) -> bool:
        """The same request may succeed later without anybody doing anything."""
        return self.code in ("unreachable", "not-nbpulse", "unavailable", "too-fast", "internal")


class Api:
    def __init__(self, server: str, token: str | None = None) -> None:
        """`server`: its address without a slash at the end, as `https://class.example.org/nbpulse`."""
        self.server = server
        self.host = urlsplit(server).netloc
        self._token = token
        proxies = proxies_for(urlsplit(server).hostname or "")
        self._opener = urllib.request.build_opener(proxies, NoRedirect())

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        headers: dict[str, str] | None = None,
        timeout: float = _TIMEOUT_SECONDS,
    ) -> Answer:
        """`body`: bytes as they are, anything else as JSON. `timeout` in seconds. Never raises."""
        sent = {"Accept": "application/json", "User-Agent": f"nbpulse/{VERSION}", **(headers or {})}
        data = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        if data is not None:
            sent["Content-Type"] = "application/octet-stream" if data is body else "application/json"
        if self._token is not None:
            sent["Authorization"] = f"Bearer {self._token}"
        try:
            request = urllib.request.Request(f"{self.server}/api/v1{path}", data=data, method=method, headers=sent)
            with self._opener.open(request, timeout=timeout) as response:
                return self._success(response.status, response.read(_REPLY_BYTES))
        except urllib.error.HTTPError as error:
            return self._failure(error)
        except Exception as error:  # refused, timeout, cut, TLS, an answer that is no HTTP …
            log.debug("%s %s failed", method, path, exc_info=True)
            cause = getattr(error, "reason", error)
            why = safe_str(getattr(cause, "strerror", None) or cause)[:_WORDS] or type(cause).__name__
            return Answer(0, {}, "unreachable", f"{self.host} cannot be reached ({why}).")

    def _success(self, status: int, raw: bytes) -> Answer:
        if status == 204:
            return Answer(status, {})
        body = _json_object(raw)
        return Answer(status, body) if body else self._not_ours(status)

    def _failure(self, error: urllib.error.HTTPError) -> Answer:
        raw = b""
        try:
            with error:
                raw = error.read(_PROBLEM_BYTES)
        except Exception:
            pass  # cut off; the status says enough
        said = _json_object(raw)
        code, message = said.get("error"), said.get("message")
        wait = _retry_after(error, said)
        if isinstance(code, str) and code and isinstance(message, str):
            return Answer(error.code, {}, code[:40], message[:_WORDS], wait)
        if error.code in (429, 502, 503, 504):
            return Answer(error.code, {}, "unavailable", f"{self.host} is not up at the moment ({error.code}).", wait)
        return self._not_ours(error.code)

    def _not_ours(self, status: int) -> Answer:
        message = f"{self.host} answers, but not as an nbpulse server (status {status}). Is the address right?"
        return Answer(status, {}, "not-nbpulse", message)


def _json_object(raw: bytes) -> dict[str, Any]:
    try:
        parsed = json.loads(raw)
    except (ValueError, RecursionError):
        return {}
    return parsed if isinstance(parsed, dict) else {}


def _retry_after(error: urllib.error.HTTPError, said: dict[str, Any]) -> float | None:
    milliseconds = said.get("retryAfterMs")
    if isinstance(milliseconds, (int, float)):
        return min(600.0, max(0.0, milliseconds / 1000))
    try:
        return min(600.0, max(0.0, float(error.headers.get("Retry-After", ""))))
    except ValueError:
        return None
