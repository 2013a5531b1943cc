"""Pipe B: HTTP from one thread of the kernel, for when no page carries the records, or not soon enough.

Each enrolment has a *route*, which is *ready*, *waiting* (after a failure, with growing pauses; after 429 as long as
the server says) or *stopped* (token revoked, lab gone: only a new enrolment starts it again). Only nbpulse itself can
stop one: a status without a `problem` of ours comes from something on the way, a portal or a proxy, and passes.
"""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING, Any

from . import limits
from .enrolment import Claim, Enrolment
from .event import now_text
from .journal import Entry, Stream
from .page_words import integers
from .thread import Worker

if TYPE_CHECKING:
    from .custodian import Custodian
    from .exchange import Reply

#: With a page attached it gets this head start.
PAGE_SECONDS = 1.0
#: A closed lab may open again: what it did not take is tried again after this, then in growing steps.
HELD_SECONDS = 30.0
_HELD_LONGEST_SECONDS = 300.0
LOOK_AT_SENDING_SECONDS = 30.0
_GAP_SECONDS = 0.1
_LOOK_SECONDS = 0.05
#: For an exchange, and for each byte of it: a slow line is no reason to give up a batch that gets through.
_TIMEOUT_SECONDS = 15.0
_SECONDS_PER_BYTE = 1 / (32 * limits.KIB)
_FIRST_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 30.0
#: A longer answer is none of nbpulse's. Reading one costs the interpreter, and so the student's cell.
_REPLY_BYTES = 64 * limits.KIB
_REPLY_BYTES_PER_EVENT = 1 * limits.KIB
_ME_BYTES = 1 * limits.MIB
_BATCH_BYTES = limits.BATCH_BYTES - 16 * limits.KIB
#: After a failure the next batch is smaller, and grows as they get through: a bad line carries little, but that.
_FIRST_BATCH_BYTES = 512 * limits.KIB
_LEAST_BATCH_BYTES = 32 * limits.KIB
#: An honest `Retry-After` is believed up to this.
_LONGEST_RETRY_AFTER_SECONDS = 600.0


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
        self.batch_bytes = _FIRST_BATCH_BYTES

    def succeeded(self) -> None:
        self.failures = 0
        self.wait_until = 0.0
        self.told = None
        self.batch_events = min(limits.BATCH_EVENTS, self.batch_events * 2)
        self.batch_bytes = min(_BATCH_BYTES, self.batch_bytes * 2)

    def failed(self, retry_after_seconds: float | None = None) -> None:
        """Waits: longer each time, never all clients at once, and at least as long as the server asks."""
        pause = min(_LONGEST_PAUSE_SECONDS, _FIRST_PAUSE_SECONDS * 2 ** min(self.failures, 10))
        self.failures += 1
        pause *= 0.5 + random.random() / 2
        self.asked_to_wait = retry_after_seconds is not None
        if retry_after_seconds is not None:
            asked = min(max(retry_after_seconds, 0.05), _LONGEST_RETRY_AFTER_SECONDS)
            pause = max(pause if self.failures > 1 else 0.0, asked * (1 + random.random() / 4))
        self.wait_until = time.monotonic() + pause


class UploadPipe(Worker):
    def __init__(self, custodian: Custodian) -> None:
        super().__init__("nbpulse-upload", self._pass)
        self._custodian = custodian
        self._routes: dict[Claim, Route] = {}
        self._look = False
        self._looked_at = 0.0

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

    def try_held(self) -> None:
        """What was held may be taken now."""
        for route in list(self._routes.values()):
            route.held_until = 0.0
        self.wake()

    def look_at_sending(self) -> None:
        """Sending is off by the server's word: ask now and then, lest a kernel without a page stays off for ever."""
        if time.monotonic() - self._looked_at > LOOK_AT_SENDING_SECONDS:
            self._looked_at = time.monotonic()
            self._look = True
            self.wake()

    def _ask_sending(self) -> None:
        enrolment = self._custodian.current
        if enrolment is None:
            return
        from .exchange import exchange  # noqa: PLC0415

        url = f"{enrolment.server}/api/v1/me"
        reply = exchange(url, enrolment.token, self._custodian.version, None, _TIMEOUT_SECONDS, _ME_BYTES)
        if isinstance(reply.body, dict) and isinstance(reply.body.get("sending"), bool):
            self._custodian.heard_sending(enrolment.claim, reply.body["sending"])

    def is_ready(self, claim: Claim) -> bool:
        route = self._routes.get(claim)
        return route is not None and route.stopped is None and route.failures == 0

    def forget(self, claim: Claim) -> None:
        self._routes.pop(claim, None)

    def _pass(self) -> float | None:
        if self._look:
            self._look = False
            self._ask_sending()
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
        self._custodian.clear_desk()
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
                if len(batch) >= route.batch_events or batch and size + weight > route.batch_bytes:
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
        timeout: float | None = None,
    ) -> None:
        events = ",".join(entry.body for entry in entries)
        body = f'{{"v":1,"stream":"{stream.id}","sentAt":"{now_text()}","events":[{events}]}}'.encode()
        if timeout is None:
            timeout = _TIMEOUT_SECONDS + len(body) * _SECONDS_PER_BYTE
        reply = self._post(enrolment, body, len(entries), timeout)
        if self.stopping and reply.status == 0:
            return
        if reply.status == 200 and isinstance(reply.body, dict):
            self._settle(enrolment.claim, stream, route, reply.body, entries)
        else:
            self._failed(enrolment, stream, route, entries, reply)

    def _settle(self, claim: Claim, stream: Stream, route: Route, body: dict[str, Any], entries: list[Entry]) -> None:
        """Believes a server only about what it was asked."""
        asked = {entry.seq for entry in entries}
        saved = asked.intersection(integers(body.get("saved")))
        said = body.get("refused")
        refused = [
            item
            for item in (said if isinstance(said, list) else ())
            if isinstance(item, dict) and type(item.get("seq")) is int and item["seq"] in asked - saved
        ]
        answered = len(saved) + len({item["seq"] for item in refused})
        if str(body.get("stream", stream.id)).lower() != stream.id or answered == 0:
            route.failed(None)
            return
        route.succeeded()
        if saved or body.get("sending") is False:
            self._custodian.heard_sending(claim, body.get("sending") is not False)
        self._custodian.settle(stream.id, sorted(saved), refused)
        self._custodian.page.tell_saved(stream.id, sorted(saved), refused)
        if stream.held.intersection(asked):
            route.held_until = time.monotonic() + route.held_pause_seconds
            route.held_pause_seconds = min(2 * route.held_pause_seconds, _HELD_LONGEST_SECONDS)
        elif saved:
            route.held_pause_seconds = HELD_SECONDS
        if answered < len(entries):
            route.failed(None)  # it took a part; not at once again for the rest
            route.failures = 0

    def _failed(self, enrolment: Enrolment, stream: Stream, route: Route, entries: list[Entry], reply: Reply) -> None:
        host = enrolment.server.partition("://")[2].partition("/")[0]
        status = reply.status
        if status in (400, 413, 422) and reply.is_ours:
            if len(entries) > 1:
                route.batch_events = max(1, len(entries) // 2)
                return
            message = f"{host} does not take this record: {reply.reason}"
            self._custodian.settle(stream.id, [], [{"seq": entries[0].seq, "code": "invalid", "message": message}])
            return
        route.failed(reply.retry_after_seconds if status in (429, 503) else None)
        if status not in (429, 503):
            route.batch_bytes = max(_LEAST_BATCH_BYTES, route.batch_bytes // 4)
        if not reply.is_ours:
            if 300 <= status < 400:
                self._tell(
                    route, "redirect", f"{host} redirects elsewhere, which is not followed. Your records wait here."
                )
            elif status != 429 and route.failures >= 3 and not self._custodian.page.attached:
                self._tell(route, "offline", f"{host} cannot be reached ({reply.reason}). Your records wait here.")
        elif status in (401, 403):
            route.stopped = f"{host} no longer accepts this computer. Join the lab again; nothing is lost."
            self._tell(route, "token", route.stopped)
        elif status == 410:
            route.stopped = (
                f"this lab was deleted on {host}. Your records stay on this computer: "
                "nbpulse.export_unsent() writes them into a file."
            )
            self._tell(route, "lab-deleted", route.stopped)
        elif status == 404:
            route.wait_until = max(route.wait_until, time.monotonic() + _LONGEST_PAUSE_SECONDS)
            self._tell(route, "no-lab", f"{host} does not know this lab. Your records wait here.")
        elif status != 429 and route.failures >= 3 and not self._custodian.page.attached:
            self._tell(route, "offline", f"{host} does not take records now ({reply.reason}). They wait here.")

    def _tell(self, route: Route, code: str, message: str) -> None:
        if route.told != code:
            route.told = code
            self._custodian.problem(code, message)

    def _post(self, enrolment: Enrolment, body: bytes, count: int, timeout: float) -> Reply:
        # Imported here: 30 ms that neither `import nbpulse` nor `send` shall cost.
        from .exchange import exchange  # noqa: PLC0415

        url = f"{enrolment.server}/api/v1/labs/{enrolment.claim.lab}/events"
        reply_bytes = _REPLY_BYTES + _REPLY_BYTES_PER_EVENT * count
        return exchange(url, enrolment.token, self._custodian.version, body, timeout, reply_bytes)
