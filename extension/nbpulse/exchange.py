"""One HTTP exchange with a server that may be slow, silent or hostile: bounded in time and in bytes, whatever comes.

Imported at the first upload, by the thread that uploads: 30 ms that neither `import nbpulse` nor `send` shall cost.
A socket's own timeout begins anew with each byte; here every read and write gets what is left of the whole. Redirects
are not followed, so a token goes to the origin that gave it and nowhere else.
"""

from __future__ import annotations

import http.client
import io
import json
import math
import time
import urllib.error
import urllib.request
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from .thread import log

#: Until the connection stands; what follows has the rest of the whole time.
_CONNECT_SECONDS = 15.0
_CHUNK_BYTES = 64 * 1024
_PROBLEM_BYTES = 64 * 1024
#: `problemCode` of schema/src/wire/problem.ts. A code of a later version counts as somebody else's: nothing is lost.
_PROBLEM_CODES = {
    "invalid",
    "not-signed-in",
    "bad-token",
    "not-allowed",
    "not-found",
    "name-taken",
    "wrong-code",
    "wrong-return-code",
    "link-used",
    "conflict",
    "lab-closed",
    "lab-draft",
    "lab-deleted",
    "too-large",
    "not-a-notebook",
    "no-trials",
    "too-fast",
    "unavailable",
    "outdated-lease",
    "internal",
}


class Reply(NamedTuple):
    """What the server answered; status 0 when it could not be reached or its answer made no sense."""

    status: int
    #: Parsed JSON of a 2xx.
    body: Any
    #: Of 429 and 503. Finite and not negative; not bounded otherwise.
    retry_after_seconds: float | None
    #: Why not, for a person.
    reason: str
    #: The answer is a `problem` of the wire: it comes from nbpulse and not from a proxy or a portal on the way.
    is_ours: bool


class _Reader(io.RawIOBase):
    def __init__(self, sock: Any, until: float) -> None:
        super().__init__()
        self._sock = sock
        self._raw = sock.makefile("rb", buffering=0)
        self._until = until

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(_left(self._until))
        count: int | None = self._raw.readinto(buffer)
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError("no whole answer in time")
    return left


class _Connection(http.client.HTTPConnection):
    """`timeout` is for everything together."""

    def __init__(self, host: str, port: int | None = None, timeout: float = 15.0, *rest: Any, **options: Any) -> None:
        self._until = time.monotonic() + timeout
        super().__init__(host, port, min(timeout, _CONNECT_SECONDS), *rest, **options)

    def response_class(self, sock: Any, *args: Any, **options: Any) -> http.client.HTTPResponse:  # type: ignore[override]
        response = http.client.HTTPResponse(sock, *args, **options)
        response.fp.close()
        response.fp = io.BufferedReader(_Reader(sock, self._until))
        return response

    def send(self, data: Any) -> None:
        if not isinstance(data, bytes):
            super().send(data)
            return
        for at in range(0, len(data), _CHUNK_BYTES):
            if self.sock is not None:
                self.sock.settimeout(_left(self._until))
            super().send(data[at : at + _CHUNK_BYTES])


class _SecureConnection(http.client.HTTPSConnection, _Connection):
    pass


class _Http(urllib.request.HTTPHandler):
    def http_open(self, request: urllib.request.Request) -> Any:
        return self.do_open(_Connection, request)


class _Https(urllib.request.HTTPSHandler):
    def https_open(self, request: urllib.request.Request) -> Any:
        return self.do_open(_SecureConnection, request, context=getattr(self, "_context", None))


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **options: Any) -> None:
        return None


_openers: dict[bool, urllib.request.OpenerDirector] = {}


def is_here(host: str) -> bool:
    """This computer, by one of its own names."""
    return host == "localhost" or host.endswith(".localhost") or host == "::1" or host.startswith("127.")


def proxies_for(host: str) -> urllib.request.ProxyHandler:
    """Proxies as the environment names them, but none for this computer."""
    return urllib.request.ProxyHandler({}) if is_here(host) else urllib.request.ProxyHandler()


def _opener(host: str) -> urllib.request.OpenerDirector:
    direct = is_here(host)
    if direct not in _openers:
        _openers[direct] = urllib.request.build_opener(proxies_for(host), _Http(), _Https(), NoRedirect())
    return _openers[direct]


def exchange(url: str, token: str, version: str, body: bytes | None, seconds: float, reply_bytes: int) -> Reply:
    """POSTs `body`, or GETs when there is none. Takes at most `seconds`; never raises."""
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json", "User-Agent": f"nbpulse/{version}"}
    if body is not None:
        headers["Content-Type"] = "application/json"
    request = urllib.request.Request(url, data=body, method="GET" if body is None else "POST", headers=headers)
    try:
        with _opener(urlsplit(url).hostname or "").open(request, timeout=seconds) as response:
            raw = response.read(reply_bytes + 1)
            if len(raw) > reply_bytes:
                return Reply(0, None, None, "an answer without end", False)
            return Reply(response.status, json.loads(raw), None, "", True)
    except urllib.error.HTTPError as error:
        return _refusal(error)
    except (ValueError, RecursionError):
        return Reply(0, None, None, "an answer that is not nbpulse’s", False)
    except Exception as error:  # refused, timeout, cut, TLS …
        log.debug("an exchange failed", exc_info=True)
        cause = getattr(error, "reason", error)
        return Reply(0, None, None, getattr(cause, "strerror", None) or type(cause).__name__, False)


def _refusal(error: urllib.error.HTTPError) -> Reply:
    said: Any = None
    try:
        with error:
            said = json.loads(error.read(_PROBLEM_BYTES))
    except Exception:  # a proxy's page, or a body that never ends: the status is all there is
        pass
    said = said if isinstance(said, dict) else {}
    wait = _seconds(error.headers.get("Retry-After")) if error.headers is not None else None
    if wait is None and type(said.get("retryAfterMs")) in (int, float):
        wait = _finite(said["retryAfterMs"] / 1000)
    reason = next((said[name][:300] for name in ("message", "error") if isinstance(said.get(name), str)), "")
    # Portals and gateways answer in JSON too, and some call their words `error`.
    is_ours = said.get("error") in _PROBLEM_CODES and isinstance(said.get("message"), str)
    return Reply(error.code, None, wait, reason or f"status {error.code}", is_ours)


def _finite(seconds: float) -> float | None:
    return max(0.0, seconds) if math.isfinite(seconds) else None


def _seconds(text: str | None) -> float | None:
    """`Retry-After` in seconds or as a date; None for what is neither."""
    if text is None:
        return None
    try:
        return _finite(float(text))
    except ValueError:
        pass
    try:
        return _finite(parsedate_to_datetime(text).timestamp() - time.time())
    except Exception:
        return None
