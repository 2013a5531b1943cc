"""Sending on or off: the participant's own choice, made here in the panel or on another device.

*On*; *off by the page*, until a page says "on"; *off by the server*, whose replies say so, until a reply or a page says
otherwise. While it is off nothing is taken; what is here already stays, and the server judges it by when it was made.
"""

from __future__ import annotations

from typing import Callable

REFUSAL = "sending is switched off; switch it on in the nbpulse panel or under “What is stored about me”"


class SendingSwitch:
    def __init__(self, when_off_elsewhere: Callable[[], None], when_on_again: Callable[[], None]) -> None:
        self._off_by_page = False
        self._off_by_server = False
        self._when_off_elsewhere = when_off_elsewhere
        self._when_on_again = when_on_again

    @property
    def is_on(self) -> bool:
        return not (self._off_by_page or self._off_by_server)

    def page_says(self, on: bool) -> None:
        """A page's "on" is later than what the server said before."""
        was_on, self._off_by_page = self.is_on, not on
        self._off_by_server = self._off_by_server and not on
        if not was_on and self.is_on:
            self._when_on_again()

    def server_says(self, on: bool) -> None:
        was_on, self._off_by_server = self.is_on, not on
        if was_on and not on:
            self._when_off_elsewhere()
        elif not was_on and self.is_on:
            self._when_on_again()

    def another_participant(self) -> None:
        """What the server said was about the one before."""
        self._off_by_server = False

    def copy_from(self, other: SendingSwitch) -> None:
        self._off_by_page, self._off_by_server = other._off_by_page, other._off_by_server
