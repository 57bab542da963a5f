"""Whether a session that is tied to a profile is one of two ways that a module may go."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from typing import Literal, Optional

from credlint.code.python.arguments import calls_of
from credlint.code.python.module import Module
from credlint.code.python.signatures import CLIENTS, SESSIONS
from credlint.code.python.tree import FUNCTIONS

# "other-way": where the profile is not taken, a session of the chain is; "condition": it is taken
# under a condition alone, and what happens otherwise is not seen.
Choice = Optional[Literal["other-way", "condition"]]
_ENDS = (ast.Return, ast.Raise, ast.Continue)
_BLOCKS = ("body", "orelse", "finalbody")
_Block = Sequence[ast.AST]


class Choices:
    """Tells of the sessions of a module whether they are chosen, each in about its depth's time.

    ``tied``: the calls and assignments that name a profile.
    """

    def __init__(self, module: Module, tied: Iterable[ast.AST]) -> None:
        self._module = module
        tied = list(tied)
        named = {id(node) for node in tied}
        free = [
            call.node
            for call, _ in calls_of(module, SESSIONS | CLIENTS)
            # What a session makes has the profile of the session.
            if not call.is_method and id(call.node) not in named
        ]
        self._tied = self._holders(tied)
        self._free = self._holders(free) - self._tied
        # By an inner block's owner: the block that a statement stands in, and what of it is free.
        self._blocks: dict[int, dict[int, _Block]] = {}
        self._free_of: dict[int, tuple[set[int], set[int]]] = {}

    def _holders(self, nodes: Iterable[ast.AST]) -> set[int]:
        """Return the identities of nodes and all that they stand in, as far as it runs at once."""
        found: set[int] = set()
        for node in nodes:
            found.add(id(node))
            for outer in self._module.around.ancestors(node):
                if id(outer) in found or isinstance(outer, FUNCTIONS):
                    break
                found.add(id(outer))
        return found

    def of(self, node: ast.AST) -> Choice:
        """Return how a session is chosen, None where it is made in any case."""
        inner = node
        is_conditional = False
        for outer in self._module.around.ancestors(node):
            block = self._block(inner, outer)
            for other in _other_ways(inner, outer, block):
                if self._is_free(other):
                    return "other-way"
                is_tied = any(id(each) in self._tied for each in other)
                is_conditional |= not isinstance(outer, ast.Try) and not is_tied
            if self._is_passed_by(inner, block):
                return "other-way"
            if isinstance(outer, FUNCTIONS):
                break
            inner = outer
        return "condition" if is_conditional else None

    def _block(self, inner: ast.AST, outer: ast.AST) -> _Block:
        """Return the statements that a statement stands among, nothing for an expression."""
        places = self._blocks.get(id(outer))
        if places is None:
            blocks = [getattr(outer, name, None) for name in _BLOCKS]
            places = self._blocks[id(outer)] = {
                id(each): block for block in blocks if isinstance(block, list) for each in block
            }
        return places.get(id(inner), ())

    def _is_passed_by(self, inner: ast.AST, block: _Block) -> bool:
        """Tell whether another statement of the same block makes a session of the chain instead.

        It does where ``inner`` is a condition without ``else``, and where it is itself one that
        ends the block: ``if in_lambda: return boto3.Session()``.
        """
        if id(block) not in self._free_of:
            free = [each for each in block if id(each) in self._free]
            ends = [x for x in free if isinstance(x, ast.If) and isinstance(x.body[-1], _ENDS)]
            self._free_of[id(block)] = ({id(each) for each in free}, {id(each) for each in ends})
        free_ones, ending = self._free_of[id(block)]
        is_passed_by = isinstance(inner, ast.If) and not inner.orelse
        return not (free_ones if is_passed_by else ending) <= {id(inner)}

    def _is_free(self, nodes: _Block) -> bool:
        """Tell whether a session or client is made there, and none of a profile."""
        is_tied = any(id(each) in self._tied for each in nodes)
        return not is_tied and any(id(each) in self._free for each in nodes)


def _other_ways(inner: ast.AST, outer: ast.AST, block: _Block) -> list[_Block]:
    """Return what is done where ``inner`` is not, or fails; ``block``: what it stands in."""
    if isinstance(outer, ast.If) and block:
        return [outer.orelse if block is outer.body else outer.body]
    if isinstance(outer, ast.IfExp) and inner is not outer.test:
        return [[outer.orelse if inner is outer.body else outer.body]]
    if isinstance(outer, ast.Try) and block is outer.body:
        return [handler.body for handler in outer.handlers]
    return []
