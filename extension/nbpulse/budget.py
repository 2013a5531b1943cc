"""How much one value may still spend while it is encoded, so that no nesting can outgrow `limits.VALUE_BYTES`."""

from __future__ import annotations

from . import limits

#: Nodes of containers and elements of arrays; one takes about 20 bytes of JSON.
NODES = 30_000
#: UTF-8 bytes of all texts inside one value.
TEXT_BYTES = 400 * limits.KIB


class Refused(Exception):
    """A value that cannot be sent. The message is for the student: what, which limit, what to do."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Budget:
    """Spent by the encoders as they go; containers and texts are cut when it is used up."""

    __slots__ = ("nodes", "text_bytes", "items", "path", "depth", "exact")

    def __init__(
        self, nodes: int = NODES, text_bytes: int = TEXT_BYTES, items: int = limits.VALUE_ITEMS, exact: bool = False
    ) -> None:
        self.nodes = nodes
        self.text_bytes = text_bytes
        self.items = items
        #: ids of the containers around the value that is being encoded: finds cycles.
        self.path: set[int] = set()
        self.depth = 0
        #: Raise `Overspent` instead of cutting: used for the hash of a whole container.
        self.exact = exact


class Overspent(Exception):
    """An exact encoding would cost more than its budget."""
