"""Of python-hcl2 what credlint reads Terraform files with; becomes ``hcl2`` in the single file.

The library's own package imports ``regex``, which is compiled and serves what writes HCL, and
its parser keeps its tables in a file beside itself. Here they are made in memory, once a run:
it takes a second, and only where a Terraform file configures the AWS provider.
"""

from __future__ import annotations

import functools
import pkgutil

from hcl2.postlexer import PostLexer
from lark import Lark, Token, Tree


@functools.lru_cache(maxsize=1)
def _parser() -> Lark:
    grammar = pkgutil.get_data("hcl2", "hcl2.lark")
    assert grammar is not None  # noqa: S101  the build has put it there
    text = grammar.decode("utf-8")
    return Lark(text, parser="lalr", propagate_positions=True, postlex=PostLexer())


def parses_to_tree(text: str) -> Tree[Token]:
    """Return the tree of a file's text, as the library's function of that name does."""
    # The grammar knows a line's end, not the text's.
    return _parser().parse(text + "\n")
