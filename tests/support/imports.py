"""Which modules a Python file imports, found in its syntax tree (also inside functions)."""

import ast
from pathlib import Path


def imported_modules(path: Path, package: str) -> set[str]:
    """Full names of everything that the file imports; ``package`` is its own package, for relative imports.

    ``from a import b`` counts as ``a`` and ``a.b``: whether ``b`` is a module cannot be seen in the file.
    """
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parts = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*parts, *([node.module] if node.module else [])])
            found.add(base)
            found.update(f"{base}.{alias.name}" for alias in node.names)
    return found
