"""How much one value may still spend while it is encoded, so that no nesting can outgrow `limits.VALUE_BYTES`."""

from __future__ import annotations

from typing import Any, Callable

from . import limits

#: Nodes of containers and elements of arrays; one takes about 20 bytes of JSON.
NODES = 30_000
#: UTF-8 bytes of all texts inside one value.
TEXT_BYTES = 400 * limits.KIB

Encoded = dict[str, Any]


class Refused(Exception):
    """A value that cannot be sent. The message is for the student: what, which limit, what to do."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Overspent(Exception):
    """An exact encoding would cost more than its budget."""


class Budget:
    """Spent by the encoders as they go; containers and texts are cut when it is used up."""

    __slots__ = ("encode", "nodes", "text_bytes", "items", "path", "depth", "exact", "plain", "turns", "made")

    def __init__(
        self,
        encode: Callable[[Any, Budget], Encoded],
        nodes: int = NODES,
        text_bytes: int = TEXT_BYTES,
        items: int = limits.VALUE_ITEMS,
        exact: bool = False,
        made: dict[int, tuple[Any, Any]] | None = None,
    ) -> None:
        #: How the values inside a value are encoded, so that encoders need not import each other.
        self.encode = encode
        self.nodes = nodes
        self.text_bytes = text_bytes
        self.items = items
        #: ids of the containers around the value that is being encoded: finds cycles.
        self.path: set[int] = set()
        self.depth = 0
        #: Raise `Overspent` instead of cutting: used for the hash of a whole.
        self.exact = exact
        #: Above 0 inside the cell of an array or table: no pictures and no markup there.
        self.plain = 0
        #: Encoders of `register` that gave a value which is being encoded in turn.
        self.turns = 0
        #: What those encoders gave, by the id of the value; each is asked once in a `send`.
        self.made = {} if made is None else made

    def whole(self) -> Budget:
        """For the hash of the whole of what is cut: about 50 ms at most."""
        return Budget(
            self.encode, nodes=EXACT_NODES, text_bytes=16 * limits.MIB, items=1 << 60, exact=True, made=self.made
        )


#: Nodes that an exact encoding may cost.
EXACT_NODES = 50_000


class Inside:
    """Entering a container: deeper by one, its id on the path."""

    __slots__ = ("budget", "key", "levels")

    def __init__(self, container: object, budget: Budget, levels: int = 1) -> None:
        self.budget = budget
        self.key = id(container)
        self.levels = levels

    def __enter__(self) -> None:
        self.budget.depth += self.levels
        self.budget.path.add(self.key)

    def __exit__(self, *exc: object) -> None:
        self.budget.depth -= self.levels
        self.budget.path.discard(self.key)


def may_go_on(count: int, budget: Budget) -> bool:
    """Whether one more item of a container is affordable."""
    if budget.exact:
        if budget.nodes < 0:
            raise Overspent
        return True
    return count < budget.items and budget.nodes > 0 and budget.text_bytes > 0


def spend_bytes(count: int, budget: Budget) -> None:
    """Pays for bytes or a picture inside another value."""
    if count > budget.text_bytes:
        if budget.exact:
            raise Overspent
        raise Refused(
            "too-large",
            "the bytes and pictures inside this value take more than a record holds (1 MB). Send them apart.",
        )
    budget.text_bytes -= count
