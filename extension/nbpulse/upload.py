"""Pipe B: HTTP from one thread of the kernel, for when no page carries the records, or not soon enough.

Each enrolment has a *route*, which is *ready*, *waiting* (after a failure, with growing pauses; after 429 as long as
the server says) or *stopped* (token revoked, lab gone: only a new enrolment starts it again). Redirects are not
followed, so a token goes to the origin that gave it and nowhere else.
"""

from __future__ import annotations

import json
import random
import time
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from . import limits
from .enrolment import Claim, Enrolment
from .event import now_text
from .journal import Entry, Stream
from .thread import Worker, log

if TYPE_CHECKING:
    from .custodian import Custodian

#: With a page attached it gets this head start.
PAGE_SECONDS = 1.0
#: A closed lab may open again: what it did not take is tried again after this, then in growing steps.
HELD_SECONDS = 30.0
_HELD_LONGEST_SECONDS = 300.0
_GAP_SECONDS = 0.1
_LOOK_SECONDS = 0.05
_TIMEOUT_SECONDS = 15.0
_FIRST_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 30.0
_REPLY_BYTES = 8 * limits.MIB
_BATCH_BYTES = limits.BATCH_BYTES - 16 * limits.KIB
#: An honest `Retry-After` is believed up to this.
_LONGEST_RETRY_AFTER_SECONDS = 3600.0


class Reply(NamedTuple):
    """What the server answered; status 0 when it could not be reached."""

    status: int
    body: Any
    retry_after_seconds: float | None
    reason: str


class Route:
    def __init__(self) -> None:
        self.failures = 0
        self.wait_until = 0.0
        self.stopped: str | None = None
        self.told: str | None = None
        #: The pause is the server's wish, not our guess.
        self.asked_to_wait = False
        #: When what the closed lab did not take is tried again, and how long to wait after that.
        self.held_until = 0.0
        self.held_pause_seconds = HELD_SECONDS
        #: Largest batch in events; halved when the server calls a whole batch bad, to find the bad one.
        self.batch_events = limits.BATCH_EVENTS

    def succeeded(self) -> None:
        self.failures = 0
        self.wait_until = 0.0
        self.told = None
        self.batch_events = min(limits.BATCH_EVENTS, self.batch_events * 2)

    def failed(self, retry_after_seconds: float | None) -> None:
        pause = min(_LONGEST_PAUSE_SECONDS, _FIRST_PAUSE_SECONDS * 2 ** min(self.failures, 10))
        self.failures += 1
        pause *= 0.5 + random.random() / 2
        self.asked_to_wait = retry_after_seconds is not None
        if retry_after_seconds is not None:
            pause = min(max(retry_after_seconds, 0.05), _LONGEST_RETRY_AFTER_SECONDS) * (1 + random.random() / 10)
        self.wait_until = time.monotonic() + pause


class UploadPipe(Worker):
    def __init__(self, custodian: Custodian) -> None:
        super().__init__("nbpulse-upload", self._pass)
        self._custodian = custodian
        self._routes: dict[Claim, Route] = {}
        self._openers: dict[bool, Any] = {}

    def renew(self, claim: Claim) -> None:
        """A new enrolment: forget what stopped the old one."""
        self._routes[claim] = Route()
        self.wake()

    def hurry(self) -> None:
        """The network may be back (a page says so): try again now, unless the server asked for a pause."""
        for route in list(self._routes.values()):
            if route.failures and not route.asked_to_wait:
                route.failures = 0
                route.wait_until = 0.0
        self.wake()

    def is_ready(self, claim: Claim) -> bool:
        route = self._routes.get(claim)
        return route is not None and route.stopped is None and route.failures == 0

    def forget(self, claim: Claim) -> None:
        self._routes.pop(claim, None)

    def _pass(self) -> float | None:
        soonest: float | None = None
        now = time.monotonic()
        for enrolment, stream in self._work_list():
            route = self._routes.setdefault(enrolment.claim, Route())
            if route.stopped is not None:
                continue
            with self._custodian.lock:
                oldest = stream.oldest()
                head_start = PAGE_SECONDS if self._custodian.page.attached else 0.0
                due_at = max(route.wait_until, oldest.taken_at + head_start if oldest else route.held_until)
            if due_at > now:
                soonest = due_at - now if soonest is None else min(soonest, due_at - now)
                continue
            entries = self._batch(stream, route, with_held=now >= route.held_until)
            if entries:
                self._post_batch(enrolment, stream, route, entries)
                self.rest(0 if len(entries) >= route.batch_events else _GAP_SECONDS)
                soonest = 0.0
        if soonest:
            # Each `send` wakes this thread; a loop that sends while the server is down must not make it spin.
            self.rest(min(soonest, _LOOK_SECONDS))
        return soonest

    def last_chance(self, seconds: float) -> None:
        """At exit, in the thread that exits: what is still here is tried once more, for a moment."""
        until = time.monotonic() + seconds
        for enrolment, stream in self._work_list():
            route = self._routes.setdefault(enrolment.claim, Route())
            while route.stopped is None and route.failures == 0 and time.monotonic() < until:
                entries = self._batch(stream, route, with_held=False)
                if not entries:
                    break
                self._post_batch(enrolment, stream, route, entries, max(0.2, until - time.monotonic()))

    def _work_list(self) -> list[tuple[Enrolment, Stream]]:
        with self._custodian.lock:
            return [
                (enrolment, stream)
                for stream in self._custodian.streams.values()
                if stream.claim is not None and stream.entries
                for enrolment in [self._custodian.enrolments.get(stream.claim)]
                if enrolment is not None
            ]

    def _batch(self, stream: Stream, route: Route, with_held: bool) -> list[Entry]:
        batch: list[Entry] = []
        size = 0
        with self._custodian.lock:
            for entry in stream.entries.values():
                if entry.seq in stream.held and not with_held:
                    continue
                # Bodies are mostly ASCII; four bytes a character is the most that UTF-8 takes.
                weight = len(entry.body) if entry.body.isascii() else len(entry.body.encode("utf-8"))
                if len(batch) >= route.batch_events or batch and size + weight > _BATCH_BYTES:
                    break
                size += weight + 1
                entry.handed = True
                batch.append(entry)
        return batch

    def _post_batch(
        self,
        enrolment: Enrolment,
        stream: Stream,
        route: Route,
        entries: list[Entry],
        timeout: float = _TIMEOUT_SECONDS,
    ) -> None:
        events = ",".join(entry.body for entry in entries)
        body = f'{{"v":1,"stream":"{stream.id}","sentAt":"{now_text()}","events":[{events}]}}'
        reply = self._post(enrolment, body.encode("utf-8"), timeout)
        if self.stopping and reply.status == 0:
            return
        if reply.status == 200 and isinstance(reply.body, dict):
            self._settle(stream, route, reply.body, entries)
        else:
            self._failed(enrolment, stream, route, entries, reply)

    def _settle(self, stream: Stream, route: Route, body: dict[str, Any], entries: list[Entry]) -> None:
        asked = {entry.seq for entry in entries}
        saved = [seq for seq in _integers(body.get("saved")) if seq in asked]
        refused = [item for item in body.get("refused") or [] if isinstance(item, dict) and item.get("seq") in asked]
        answered = len(saved) + len(refused)
        if str(body.get("stream", stream.id)).lower() != stream.id or answered == 0:
            route.failed(None)
            return
        route.succeeded()
        self._custodian.settle(stream.id, saved, refused)
        if stream.held.intersection(asked):
            route.held_until = time.monotonic() + route.held_pause_seconds
            route.held_pause_seconds = min(2 * route.held_pause_seconds, _HELD_LONGEST_SECONDS)
        elif saved:
            route.held_pause_seconds = HELD_SECONDS
        if answered < len(entries):
            route.failed(None)  # it took a part; not at once again for the rest
            route.failures = 0

    def _failed(self, enrolment: Enrolment, stream: Stream, route: Route, entries: list[Entry], reply: Reply) -> None:
        host = urlsplit(enrolment.server).netloc
        status = reply.status
        if status in (400, 413, 422):
            if len(entries) > 1:
                route.batch_events = max(1, len(entries) // 2)
                return
            message = f"{host} does not take this record: {reply.reason}"
            self._custodian.settle(stream.id, [], [{"seq": entries[0].seq, "code": "invalid", "message": message}])
            return
        route.failed(reply.retry_after_seconds if status in (429, 503) else None)
        if status in (401, 403):
            route.stopped = f"{host} no longer accepts this computer. Join the lab again; nothing is lost."
            self._tell(route, "token", route.stopped)
        elif status == 410:
            route.stopped = f"this lab was deleted on {host}. Your records stay on this computer."
            self._tell(route, "lab-deleted", route.stopped)
        elif status == 404:
            route.wait_until = max(route.wait_until, time.monotonic() + _LONGEST_PAUSE_SECONDS)
            self._tell(route, "no-lab", f"{host} does not know this lab. Your records wait here.")
        elif 300 <= status < 400:
            self._tell(route, "redirect", f"{host} redirects elsewhere, which is not followed. Your records wait here.")
        elif status != 429 and route.failures >= 3 and not self._custodian.page.attached:
            self._tell(route, "offline", f"{host} cannot be reached ({reply.reason}). Your records wait here.")

    def _tell(self, route: Route, code: str, message: str) -> None:
        if route.told != code:
            route.told = code
            self._custodian.problem(code, message)

    def _post(self, enrolment: Enrolment, body: bytes, timeout: float) -> Reply:
        # Imported here: 30 ms that neither `import nbpulse` nor `send` shall cost.
        import urllib.error  # noqa: PLC0415
        import urllib.request  # noqa: PLC0415

        request = urllib.request.Request(
            f"{enrolment.server}/api/v1/labs/{enrolment.claim.lab}/events",
            data=body,
            method="POST",
            headers={
                "Authorization": f"Bearer {enrolment.token}",
                "Content-Type": "application/json",
                "Accept": "application/json",
                "User-Agent": f"nbpulse/{self._custodian.version}",
            },
        )
        try:
            with self._opener(enrolment.server).open(request, timeout=timeout) as response:
                return Reply(response.status, json.loads(response.read(_REPLY_BYTES)), None, "")
        except urllib.error.HTTPError as error:
            with error:
                said = _problem(error.read(64 * limits.KIB)) if error.fp is not None else {}
            wait = _seconds(error.headers.get("Retry-After"))
            if wait is None and isinstance(said.get("retryAfterMs"), (int, float)):
                wait = said["retryAfterMs"] / 1000
            return Reply(error.code, None, wait, _reason(said) or f"status {error.code}")
        except Exception as error:  # refused, timeout, cut, TLS, an answer that is no JSON …
            log.debug("upload failed", exc_info=True)
            cause = getattr(error, "reason", error)
            return Reply(0, None, None, getattr(cause, "strerror", None) or type(cause).__name__)

    def _opener(self, server: str) -> Any:
        import urllib.request  # noqa: PLC0415

        class NoRedirect(urllib.request.HTTPRedirectHandler):
            def redirect_request(self, *args: Any, **kwargs: Any) -> None:
                return None

        loopback = _is_loopback(urlsplit(server).hostname or "")
        if loopback not in self._openers:
            proxies = urllib.request.ProxyHandler({}) if loopback else urllib.request.ProxyHandler()
            self._openers[loopback] = urllib.request.build_opener(proxies, NoRedirect())
        return self._openers[loopback]


def _is_loopback(host: str) -> bool:
    return host == "localhost" or host.endswith(".localhost") or host == "::1" or host.startswith("127.")


def _integers(value: Any) -> list[int]:
    return [item for item in value if type(item) is int] if isinstance(value, list) else []


def _problem(raw: bytes) -> dict[str, Any]:
    """`problem` of the wire, or nothing when the answer is something else (a proxy's page)."""
    try:
        parsed = json.loads(raw)
    except (ValueError, RecursionError):
        return {}
    return parsed if isinstance(parsed, dict) else {}


def _reason(said: dict[str, Any]) -> str:
    """The server's own words, short."""
    for name in ("message", "error"):
        text = said.get(name)
        if isinstance(text, str) and text:
            return text[:300]
    return ""


def _seconds(text: str | None) -> float | None:
    """`Retry-After` in seconds or as a date."""
    if text is None:
        return None
    try:
        return float(text)
    except ValueError:
        pass
    from email.utils import parsedate_to_datetime  # noqa: PLC0415

    try:
        return parsedate_to_datetime(text).timestamp() - time.time()
    except (TypeError, ValueError):
        return None
