"""Takes arguments out of a call, and with them what is of no use any more."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable
from typing import Optional, Union

from credlint.code.python.arguments import parameters_of
from credlint.code.python.callees import Call
from credlint.code.python.edits import (
    Import,
    NotRemovableError,
    checked,
    without_arguments,
    without_entries,
    without_imported,
    without_statements,
)
from credlint.code.python.module import Module
from credlint.code.python.names import dotted
from credlint.code.python.unused import Node, left_unused
from credlint.code.sighting import Context
from credlint.model.fix import Edit

_MOST_BYTES = 2_000_000  # looked through for the edits of one module
_MOST_BESIDE = 64  # modules of the same folder that are looked at


class Removal:
    """Parts of a module that are to go, gathered before any edit is made."""

    def __init__(self, module: Module) -> None:
        self._module = module
        self._is_affordable = True
        self._arguments: list[tuple[ast.Call, list[Union[ast.expr, ast.keyword]]]] = []
        self._entries: list[tuple[ast.Dict, list[ast.expr]]] = []
        self._statements: dict[int, ast.stmt] = {}
        self._imported: list[tuple[Import, set[str]]] = []
        # Names of the module or of a class that are given no more.
        self.visible: set[str] = set()

    def _may_look_through(self) -> bool:
        """Tell whether the whole tree may be walked once more: large modules have fewer edits."""
        self._module.walks += 1
        is_affordable = self._module.walks * len(self._module.text) <= _MOST_BYTES
        self._is_affordable = self._is_affordable and is_affordable
        return is_affordable

    def drop(self, call: Call, names: Collection[str]) -> None:
        """Let the arguments for those parameters go; raises NotRemovableError."""
        unwanted: list[Union[ast.expr, ast.keyword]] = list(self._positional(call, names))
        for keyword in call.node.keywords:
            if keyword.arg in names:
                unwanted.append(keyword)
            elif keyword.arg is None:
                known = self._module.evaluate.mapping(keyword.value, call.scope)
                if not known.keys().isdisjoint(names) and self._unpacked(keyword, call, names):
                    unwanted.append(keyword)
        here = set(map(id, (*call.node.args, *call.node.keywords)))
        if any(keyword.arg in names and id(keyword) not in here for keyword in call.keywords):
            raise NotRemovableError  # partial() was given it elsewhere
        if unwanted:
            self._arguments.append((call.node, unwanted))

    def drop_keywords(self, call: ast.Call, unwanted: Collection[ast.keyword]) -> None:
        """Let keyword arguments of a call go."""
        self._arguments.append((call, [*unwanted]))

    def drop_entries(self, node: ast.Dict, unwanted: Collection[ast.expr]) -> None:
        """Let the entries with those values go."""
        self._entries.append((node, [*unwanted]))

    @staticmethod
    def _positional(call: Call, names: Collection[str]) -> Iterable[ast.expr]:
        unwanted = [
            argument for name, argument in zip(parameters_of(call), call.arguments) if name in names
        ]
        if not unwanted:
            return []
        here = call.node.args
        is_last = [id(each) for each in here[-len(unwanted) :]] == [id(each) for each in unwanted]
        if not is_last or any(isinstance(each, ast.Starred) for each in here):
            raise NotRemovableError
        return unwanted

    def _unpacked(self, keyword: ast.keyword, call: Call, names: Collection[str]) -> bool:
        """Let entries of a ``**`` dictionary go; return whether nothing is left of it."""
        value = keyword.value
        if not isinstance(value, ast.Name):
            if _is_emptied_by(value, names):
                return True
            self._empty(value, names)
            return False
        if not self._may_look_through():
            raise NotRemovableError
        sources = self._module.evaluate.resolve(value, call.scope)
        statement = self._statement_of(sources[0].value) if len(sources) == 1 else None
        if statement is None:
            raise NotRemovableError
        stores = {
            id(store): (store, key)
            for store, _ in self._module.names.stores
            for key in [_key_of(store, value.id)]
            if key is not None
        }
        uses = [
            each
            for each in ast.walk(self._module.tree)
            if isinstance(each, ast.Name) and each.id == value.id
        ]
        # The assignment, the call, and the entries that are set one by one.
        if len(uses) != 2 + len(stores):
            raise NotRemovableError
        for store, key in stores.values():
            if key in names:
                self._statements[id(store)] = store
        keeps_entry = any(key not in names for _, key in stores.values())
        if keeps_entry or not _is_emptied_by(sources[0].value, names):
            self._empty(sources[0].value, names)
            return False
        self._statements[id(statement)] = statement
        return True

    def _empty(self, value: ast.expr, names: Collection[str]) -> None:
        """Let entries of a dictionary display or of ``dict()`` go."""
        if isinstance(value, ast.Dict):
            entries = [
                each
                for key, each in zip(value.keys, value.values)
                if isinstance(key, ast.Constant) and key.value in names
            ]
            if entries:
                self._entries.append((value, entries))
        elif isinstance(value, ast.Call) and dotted(value.func) == "dict":
            unwanted = [each for each in value.keywords if each.arg in names]
            if unwanted:
                self._arguments.append((value, [*unwanted]))
        else:
            raise NotRemovableError

    def _statement_of(self, value: ast.expr) -> Optional[ast.stmt]:
        for node in ast.walk(self._module.tree):
            if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is value:
                is_one = isinstance(node, ast.AnnAssign) or len(node.targets) == 1
                return node if is_one else None
        return None

    def drop_statement(self, statement: ast.stmt) -> None:
        """Let a whole statement go."""
        self._statements[id(statement)] = statement

    def _going(self) -> list[Node]:
        going: list[Node] = [each for _, given in self._arguments for each in given]
        going += [each for _, values in self._entries for each in values]
        return [*going, *self._statements.values()]

    def names(self) -> set[str]:
        """Return the names in what goes."""
        nodes = [inner for node in self._going() for inner in ast.walk(node)]
        names = {node.id for node in nodes if isinstance(node, ast.Name)}
        return names | {node.attr for node in nodes if isinstance(node, ast.Attribute)}

    def drop_unused(self) -> None:
        """Let go what nothing uses any more then."""
        if not self.names() or not self._may_look_through():
            return
        unused = left_unused(self._module, self._going())
        self._statements.update((id(each), each) for each in unused.statements)
        self.visible |= unused.visible
        for statement, names in unused.imported:
            if len(names) == len(statement.names):
                self._statements[id(statement)] = statement
            else:
                self._imported.append((statement, names))

    def edits(self) -> Optional[tuple[Edit, ...]]:
        """Return what is to be done, None where it cannot be."""
        if not self._is_affordable or not self._may_look_through():
            return None
        try:
            made = without_statements(self._module, self._statements.values())
            for call, unwanted in self._arguments:
                made += without_arguments(self._module, call, unwanted)
            for node, values in self._entries:
                made += without_entries(self._module, node, values)
            for statement, names in self._imported:
                made += without_imported(self._module, statement, names)
        except NotRemovableError:
            return None
        return checked(self._module, made)


def _key_of(store: ast.Assign, name: str) -> Optional[str]:
    """Return the key that ``name["key"] = …`` sets."""
    target = store.targets[0]
    if (
        len(store.targets) == 1
        and isinstance(target, ast.Subscript)
        and isinstance(target.value, ast.Name)
        and target.value.id == name
        and isinstance(target.slice, ast.Constant)
    ):
        return str(target.slice.value)
    return None


def _is_emptied_by(value: ast.expr, names: Collection[str]) -> bool:
    if isinstance(value, ast.Dict):
        return all(isinstance(key, ast.Constant) and key.value in names for key in value.keys)
    if isinstance(value, ast.Call) and dotted(value.func) == "dict":
        return not value.args and all(keyword.arg in names for keyword in value.keywords)
    return False


def may_be_imported(context: Context, names: Collection[str]) -> bool:
    """Tell whether another module may use one of the names: in a package, or named beside.

    A name that begins with an underscore is private to the modules of its folder. In a notebook a
    cell that is not read may use it, or a line of a shell.
    """
    if not names:
        return False
    folder, _, own = context.uri.rpartition("/")
    if own.endswith(".ipynb"):
        return True
    beside = context.around.names(folder)
    others = sorted(each for each in beside if each.endswith((".py", ".ipynb")) and each != own)
    is_public = not all(name.startswith("_") for name in names)
    if ("__init__.py" in beside and is_public) or len(others) > _MOST_BESIDE:
        return True
    texts = [context.around.read(f"{folder}/{each}" if folder else each) for each in others]
    return any(name.encode() in (text or b"") for text in texts for name in names)
