"""Parses Python for the analysers, and says why where it cannot."""

from __future__ import annotations

import ast
import sys
import warnings
from typing import Any, Union

from credlint.model.document import Document
from credlint.model.finding import Skipped

NOT_PARSED = "RUN907"
LARGEST_SOURCE = 2 * 1024 * 1024
DEEPEST_TREE = 120
_LEAVES = frozenset(
    (ast.Name, ast.Constant, ast.Load, ast.Store, ast.Del, ast.Pass, ast.alias, str, type(None))
)


def parse(document: Document) -> Union[ast.Module, Skipped]:
    """Return the module's ``ast``, or why the code rules could not look at the file."""

    def skip(reason: str) -> Skipped:
        return Skipped(document.uri, f"code rules not applied: {reason}", NOT_PARSED, document.base)

    if len(document.data) > LARGEST_SOURCE:
        return skip(f"the source is larger than {LARGEST_SOURCE:,} bytes")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # invalid escapes are the author's business
            tree = ast.parse(document.data)
    except SyntaxError as error:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        return skip(f"line {error.lineno or 1} is no valid Python {version}")
    except (RecursionError, MemoryError):
        return skip("the source is nested too deeply")
    except (ValueError, UnicodeError, LookupError) as error:
        return skip(f"the source cannot be decoded ({type(error).__name__})")
    if depth_exceeds(tree, DEEPEST_TREE):
        return skip("the source is nested too deeply")
    return tree


def inner_nodes(node: ast.AST) -> list[ast.AST]:
    """Return a node's children in their order, those left out in which nothing can stand.

    These are more than half of all; no analyser asks for them.
    """
    found: list[ast.AST] = []
    for name in node._fields:
        value: Any = getattr(node, name, None)
        if value.__class__ is list:
            found += [
                item
                for item in value
                if item.__class__ not in _LEAVES and isinstance(item, ast.AST)
            ]
        elif value.__class__ not in _LEAVES and isinstance(value, ast.AST):
            found.append(value)
    return found


def depth_exceeds(tree: ast.AST, limit: int) -> bool:
    """Tell whether the tree is deeper than the limit, leaves not counted, without recursion."""
    level = [tree]
    for _ in range(limit):
        level = [child for node in level for child in inner_nodes(node)]
        if not level:
            return False
    return True
