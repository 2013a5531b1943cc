"""A test may unpickle a file that the submission wrote. Whoever writes a pickle runs code where it is read: not here.

While an unpickler looks for a class or function, the interpreter tells this hook its name: plain standard types,
numpy's and pandas' own parts and the suite's own classes are found, everything else is refused in words.
"""

from __future__ import annotations

import sys
from typing import Any

from ..seam.errors import CannotCross

_PLAIN = {
    "builtins": "set frozenset bytearray complex range slice list dict tuple int float str bytes bool object",
    "collections": "OrderedDict defaultdict Counter deque",
    "datetime": "date datetime time timedelta timezone",
    "decimal": "Decimal",
    "fractions": "Fraction",
    "uuid": "UUID",
    "copyreg": "_reconstructor",
    "numpy": "ndarray dtype",
    "numpy.core.multiarray": "_reconstruct scalar",
    "numpy._core.multiarray": "_reconstruct scalar",
    "numpy._core.numeric": "_frombuffer",
    "pandas._libs.internals": "_unpickle_block",
    "pandas.core.frame": "DataFrame",
    "pandas.core.series": "Series",
    "pandas.core.indexes.base": "Index _new_Index",
    "pandas.core.indexes.range": "RangeIndex",
    "pandas.core.internals.managers": "BlockManager SingleBlockManager",
}
_ALLOWED = frozenset((module, name) for module, names in _PLAIN.items() for name in names.split())


def guard(root: str) -> None:
    """Once in a worker: hooks cannot be taken back, not even by a test."""

    def hook(event: str, args: tuple[Any, ...]) -> None:
        if event == "pickle.find_class" and (args[0], args[1]) not in _ALLOWED and not _own_class(root, *args):
            raise CannotCross(
                f"a pickle that names {args[0]}.{args[1]} is not read by a test: reading it may run the submission's "
                "code. Let the submission read its file, and compare what it gives"
            )

    sys.addaudithook(hook)


def _own_class(root: str, module_name: Any, name: Any) -> bool:
    """A class that the suite itself defines; a name with a dot would reach into what it imports."""
    module = sys.modules.get(module_name) if isinstance(module_name, str) else None
    if module is None or not isinstance(name, str) or "." in name:
        return False
    found = getattr(module, "__dict__", {}).get(name)
    file = getattr(module, "__file__", None) or ""
    return isinstance(found, type) and file.startswith(root) and found.__module__ == module_name
