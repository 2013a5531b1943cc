"""What a dotted name in a file stands for, by the file's own imports: `np.random.seed` is `numpy.random.seed`."""

from __future__ import annotations

import ast


class Names:
    def __init__(self, tree: ast.Module) -> None:
        self._stands_for: dict[str, str] = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    if alias.asname is not None:
                        self._stands_for[alias.asname] = alias.name
                    else:
                        top = alias.name.split(".")[0]
                        self._stands_for[top] = top
            elif isinstance(node, ast.ImportFrom) and node.module is not None and node.level == 0:
                for alias in node.names:
                    self._stands_for[alias.asname or alias.name] = f"{node.module}.{alias.name}"

    def of(self, node: ast.expr) -> str | None:
        """The full name of an expression that is one; None for anything else, and for names that nobody imported."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name) or node.id not in self._stands_for:
            return None
        return ".".join([self._stands_for[node.id], *reversed(parts)])
