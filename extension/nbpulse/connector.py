"""`connect(server, code, name)`: joins a lab where no page does it – VS Code, Colab, marimo, scripts, papermill.

States of a `Connection`: *connecting* → *connected*, *refused* (the person must say something else; the words tell
what) or *waiting* (no answer, the lab has not begun …: tried again by itself) → *connected* …; *replaced* by a later
`connect`; *left*. Records that are sent before it is connected wait in the journal and are claimed when it is.
"""

from __future__ import annotations

import atexit
import os
import random
import threading
from collections.abc import Mapping
from typing import Any

from .address import server_address
from .api import Answer, Api
from .connection import Connection
from .custodian import custodian
from .enrolment import Enrolment, parse_enrolment
from .identity import Identity, Wanted, forget, name_key, note_waiting, recall, remember, take_waiting
from .journal import Stream
from .thread import Worker

#: `connect` waits this long for an answer; then it goes on in the background.
FIRST_ANSWER_SECONDS = 6.0
#: A process that ends while it connects waits this long.
LAST_CHANCE_SECONDS = 3.0
_FIRST_PAUSE_SECONDS = 1.0
_LONGEST_PAUSE_SECONDS = 30.0
_NAMES = {"server": "NBPULSE_SERVER", "code": "NBPULSE_CODE", "name": "NBPULSE_NAME"}
_LABEL_CHARS = 120


class Connector:
    """One per process: at most one connection is being made."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.present: Connection | None = None
        self._worker = Worker("nbpulse-connect", self._pass)
        self._failures = 0
        #: Whom this connector made the kernel's participant last; anybody else came by a page.
        self._enrolled: Enrolment | None = None
        #: Streams that were begun for somebody whose `connect` still waits when another name came.
        self._set_aside: dict[str, list[Stream]] = {}

    def begin(self, wanted: Wanted, return_code: str | None) -> Connection:
        with self.lock:
            before = self.present
            if (
                before is not None
                and before.wanted == wanted
                and before.state in ("connected", "connecting")
                and (not return_code or return_code == before.asked_return_code)
            ):
                return before
            self._make_room(before, wanted)
            self.present = Connection(wanted, return_code)
            self._failures = 0
            if before is not None:
                before.become("replaced", "A later connect took its place.")
            if custodian().own.claim is None:
                note_waiting(wanted, custodian().own.id)
        if before is None:
            atexit.register(self.at_exit)  # before the custodian's last chance: what is registered last runs first
        self._worker.wake()
        return self.present

    def at_exit(self) -> None:
        """A short script ends before it has joined: it is given a moment."""
        connection = self.present
        if connection is not None:
            connection.wait(LAST_CHANCE_SECONDS)

    def by_page(self, wanted: Wanted) -> Connection | None:
        """Where the notebook page has joined, it decides: two participants in one kernel get in each other's way."""
        keeper = custodian()
        current = keeper.current
        if current is None or not keeper.page.attached:
            return None
        if self.present is not None and self.present.enrolment == current:
            return None
        connection = Connection(wanted)
        connection.enrolment = current
        if current.server == wanted.server and name_key(current.name) == name_key(wanted.name):
            connection.become("connected", "The notebook page has joined; connect is not needed here.")
        else:
            connection.become("refused", _page_has_joined(current))
        return connection

    def _make_room(self, before: Connection | None, wanted: Wanted) -> None:
        """Nothing that comes from now on may go to who was connected by code before; a page's word stays until then."""
        if before is None or before.wanted == wanted:
            return
        keeper = custodian()
        with keeper.lock:
            if before.state == "connected" and keeper.current == before.enrolment:
                keeper.step_aside()
                return
            is_other = name_key(before.wanted.name) != name_key(wanted.name)
            is_open = before.state in ("connecting", "waiting")
            if is_open and is_other and keeper.own.claim is None:
                if keeper.own.entries:
                    self._set_aside.setdefault(before.wanted.key(), []).append(keeper.own)
                # Also without records: this stream is noted as waiting for the first name, and must not wait for two.
                keeper.step_aside()

    def stop(self) -> None:
        self._worker.stop()

    def forget(self, connection: Connection) -> None:
        with self.lock:
            forget(connection.wanted)
            if self.present is connection:
                self.present = None

    # -- the thread ------------------------------------------------------------------------------------------------

    def _pass(self) -> float | None:
        connection = self.present
        if connection is None or connection.state in ("refused", "replaced", "left") or connection.told:
            return None
        answer = self._attempt(connection)
        if answer is None:
            self._failures = 0
            return None
        pause = min(_LONGEST_PAUSE_SECONDS, _FIRST_PAUSE_SECONDS * 2 ** min(self._failures, 10))
        self._failures += 1
        pause = max(pause, answer.retry_after_seconds or 0.0)
        return _LONGEST_PAUSE_SECONDS if answer.code == "lab-draft" else pause * (0.5 + random.random() / 2)

    def _attempt(self, connection: Connection) -> Answer | None:
        """The answer after which it must be tried again; None when nothing is left to do."""
        wanted = connection.wanted
        known = recall(wanted)
        if known is not None and not connection.asks_for_other(known):
            self._enrol(connection, known)
            again, is_over = self._look(connection, known)
            if is_over:
                return again
            forget(wanted)  # its token is no longer accepted
            self._unenrol(connection, known)
        answer = Api(wanted.server).ask("POST", "/join", _join_request(connection))
        if answer.code == "name-taken" and recall(wanted) is not None and not connection.asked_return_code:
            return self._attempt(connection)  # another kernel of this person was faster
        if not answer.ok:
            return self._not_joined(connection, answer)
        identity = _identity_of(wanted, answer.body)
        if identity is None:
            return self._not_joined(connection, Answer(0, {}, "not-nbpulse", f"{wanted.server} gave no enrolment."))
        connection.is_kept = remember(wanted, identity)
        self._enrol(connection, identity)
        return self._look(connection, identity)[0]

    def _look(self, connection: Connection, identity: Identity) -> tuple[Answer | None, bool]:
        """Asks what to tell: (answer to try again after, is it over). Not over: the token is worth nothing."""
        answer = Api(identity.enrolment.server, identity.enrolment.token).ask("GET", "/me")
        if answer.ok:
            connection.tell(answer.body)
            return None, True
        if answer.status == 401:
            return answer, False
        if answer.passes:
            connection.become("connected", answer.message)
            return answer, True
        self._unenrol(connection, identity)
        connection.become("refused", answer.message)
        return None, True

    def _not_joined(self, connection: Connection, answer: Answer) -> Answer | None:
        if answer.passes or answer.code == "lab-draft":
            connection.become("waiting", answer.message)
            return answer
        connection.become("refused", _what_to_do(connection, answer))
        return None

    def _enrol(self, connection: Connection, identity: Identity) -> None:
        with self.lock:
            if self.present is not connection:
                return
            keeper = custodian()
            current = keeper.current if keeper.page.attached else None
            if current is not None and current != self._enrolled and current.claim != identity.enrolment.claim:
                # A page joined meanwhile. What it is handed goes out with its own token, whoever sent it.
                connection.become("refused", _page_has_joined(current))
                return
            connection.enrolment, connection.return_code = identity.enrolment, identity.return_code
            if keeper.current != identity.enrolment:
                keeper.enrol(identity.enrolment)
            self._enrolled = identity.enrolment
            with keeper.lock:
                for stream in self._set_aside.pop(connection.wanted.key(), []):
                    if stream.claim is None:
                        stream.claim = identity.enrolment.claim
                        stream.file_notes.append(("c", identity.enrolment.claim))
                own = keeper.own.id
            for stream_id in take_waiting(connection.wanted):
                if stream_id != own:
                    keeper.claim(stream_id)
            keeper.upload.wake()
            keeper.writer.wake()

    def _unenrol(self, connection: Connection, identity: Identity) -> None:
        with self.lock:
            keeper = custodian()
            if self.present is connection and keeper.current == identity.enrolment:
                keeper.step_aside()
            connection.enrolment = None


def _identity_of(wanted: Wanted, said: Mapping[str, Any]) -> Identity | None:
    lab = said.get("lab")
    enrolment: Enrolment | None = parse_enrolment(
        {**said, "server": wanted.server, "lab": lab.get("id") if isinstance(lab, Mapping) else None}
    )
    return None if enrolment is None else Identity(enrolment, str(said.get("returnCode", "")))


def _join_request(connection: Connection) -> dict[str, Any]:
    import platform  # noqa: PLC0415

    wanted = connection.wanted
    host = "".join(char for char in platform.node() if char.isprintable())
    label = f"Python {platform.python_version()} on {host or 'this computer'}"[:_LABEL_CHARS]
    request: dict[str, Any] = {"code": wanted.code, "name": wanted.name, "device": {"kind": "kernel", "label": label}}
    if connection.asked_return_code:
        request["returnCode"] = connection.asked_return_code
    elif wanted.another:
        request["another"] = True
    return request


def _what_to_do(connection: Connection, answer: Answer) -> str:
    wanted = connection.wanted
    if answer.code == "name-taken":
        return (
            f"There is already somebody called “{wanted.name}” in this lab. Is this you? Then add "
            'return_code="…" to connect; it stands under “What is stored about me” where you joined first, and your '
            "teacher can read it out. Somebody else? Then add another=True."
        )
    if answer.status == 400 and answer.code == "invalid":
        return f"{answer.message} (connect was called with the code “{wanted.code}” and the name “{wanted.name}”)"
    return answer.message


def _page_has_joined(current: Enrolment) -> str:
    return f"the notebook page has joined as {current.name}. To be somebody else, use “Leave” in its panel."


_connector = Connector()


def connector() -> Connector:
    """This process' own."""
    return _connector


def connect(
    server: str | None, code: str | None, name: str | None, return_code: str | None, another: bool, wait: bool = True
) -> Connection:
    """See `nbpulse.connect`. Never raises."""
    given = {"server": server, "code": code, "name": name}
    for key, variable in _NAMES.items():
        given[key] = str(given[key] if given[key] is not None else os.environ.get(variable, "")).strip()
    missing = [key for key, text in given.items() if not text]
    shown = Wanted(str(given["server"]), str(given["code"]), str(given["name"]), bool(another))
    if missing:
        names = " and ".join(f"{key} (or {_NAMES[key]})" for key in missing)
        return Connection.not_begun(shown, f"connect needs {names}: nbpulse.connect(server, code, name).")
    try:
        wanted = shown._replace(server=server_address(shown.server))
    except ValueError as error:
        return Connection.not_begun(shown, str(error))
    try:
        connection = _connector.by_page(wanted)
        if connection is not None:
            return connection
        connection = _connector.begin(wanted, str(return_code).strip() if return_code else None)
        if wait:
            connection.wait(FIRST_ANSWER_SECONDS)
        return connection
    except Exception as error:
        custodian().note_fault(error)
        return Connection.not_begun(shown, f"connect failed ({type(error).__name__}).")


def _in_child() -> None:
    """A forked child has its parent's enrolment and no thread to join with."""
    global _connector
    _connector = Connector()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_child)
