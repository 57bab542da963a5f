"""Parses Python for the analysers: ``ast`` first as a gate, libcst only behind it.

libcst's parser is native code that recurses: measured with libcst 1.8, 20,000 nested brackets or
attributes end the process, and 20,000 terms of a sum keep it busy for minutes. So a file reaches
it only when ``ast`` has accepted it and its tree is shallow.
"""

from __future__ import annotations

import ast
import sys
import warnings
from typing import TYPE_CHECKING, Callable, Optional, Union

from credlint.model.document import Document
from credlint.model.finding import Skipped

if TYPE_CHECKING:
    import libcst

NOT_PARSED = "RUN907"
LARGEST_SOURCE = 2 * 1024 * 1024
DEEPEST_TREE = 120


def parse_ast(document: Document) -> Union[ast.Module, Skipped]:
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


def depth_exceeds(tree: ast.AST, limit: int) -> bool:
    """Tell whether the tree is deeper than the limit, without recursion."""
    level = [tree]
    for _ in range(limit):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        if not level:
            return False
    return True


def parse_cst(
    document: Document, is_worthwhile: Callable[[ast.Module], bool]
) -> Union[libcst.MetadataWrapper, Skipped, None]:
    """Return the concrete tree with positions; None when the gate says it is not needed."""
    tree = parse_ast(document)
    if isinstance(tree, Skipped):
        return tree
    if not is_worthwhile(tree):
        return None
    fault: Optional[str] = None
    try:
        import libcst  # noqa: PLC0415  150 ms, and only for the few files that pass the gate
    except ImportError:  # the single-file form carries nothing that is compiled
        fault = "libcst, which reads Python source, is not installed here"
        return Skipped(document.uri, f"code rules not applied: {fault}", NOT_PARSED, document.base)
    try:
        module = libcst.parse_module(document.data)
        return libcst.MetadataWrapper(module, unsafe_skip_copy=True)
    except libcst.ParserSyntaxError as error:
        fault = f"line {error.raw_line} is not understood"
    except (RecursionError, MemoryError):
        fault = "the source is nested too deeply"
    return Skipped(document.uri, f"code rules not applied: {fault}", NOT_PARSED, document.base)
