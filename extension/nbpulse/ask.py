"""`checkpoint()` and `submit()` in code: they ask the page, which holds the notebook."""

from __future__ import annotations

import uuid

from .custodian import custodian
from .sent import Sent

_HOW = {
    "checkpoint": "no notebook page with nbpulse is open; in JupyterLab use the command “Send checkpoint”",
    "submit": "no notebook page with nbpulse is open; in JupyterLab open the notebook and use “Submit”",
}


class Asked(Sent):
    """The page was asked; what came of it stands in its panel."""

    __slots__ = ()

    def __init__(self, what: str) -> None:
        super().__init__(None, None, f"asked the page to {'submit' if what == 'submit' else 'send a checkpoint'}")


def ask_page(what: str) -> Sent:
    """Never raises. With no page it says how."""
    keeper = custodian()
    try:
        keeper.page.listen()
        if keeper.page.attached:
            keeper.page.say({"v": 1, "type": "ask", "what": what, "id": str(uuid.uuid4())})
            return Asked(what)
    except Exception as error:
        keeper.note_fault(error)
    return Sent.not_taken(_HOW[what])
