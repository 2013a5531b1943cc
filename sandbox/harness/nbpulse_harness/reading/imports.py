"""Which packages a file cannot do without."""

from __future__ import annotations

import ast

_CATCHES = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})


def imported_packages(tree: ast.Module) -> list[str]:
    """The top-level names of what is imported, but for those that the file can go without (`try: import …`)."""
    found: dict[str, None] = {}
    _visit(tree, found)
    return list(found)


def _visit(node: ast.AST, found: dict[str, None]) -> None:
    if isinstance(node, ast.Try) and any(_catches_import(handler) for handler in node.handlers):
        for part in [*node.handlers, *node.orelse, *node.finalbody]:
            _visit(part, found)
        return
    if isinstance(node, ast.Import):
        for alias in node.names:
            found[alias.name.split(".")[0]] = None
    elif isinstance(node, ast.ImportFrom) and node.module is not None and node.level == 0:
        found[node.module.split(".")[0]] = None
    for child in ast.iter_child_nodes(node):
        _visit(child, found)


def _catches_import(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(isinstance(kind, ast.Name) and kind.id in _CATCHES for kind in kinds)
