"""SRC115: a file of variables with keys in it takes the place of the role.

python-dotenv 1.2 (``main.py``): ``load_dotenv()`` looks for ``.env`` from the folder of the caller
upwards and sets what is not set, with ``override=True`` everything. Lambda sets all three variables
of its role (AWS Lambda Developer Guide, "Working with Lambda environment variables"), so that only
``override`` does harm there; on ECS and EC2 none is set, and the environment comes first
in the chain.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Optional

from credlint.code.issued_keys import is_issued
from credlint.code.python.callees import Call
from credlint.code.python.deployment import is_function
from credlint.code.python.module import Module
from credlint.code.python.names import Scope, dotted
from credlint.code.python.signatures import KINDS
from credlint.code.sighting import Context, Sighting
from credlint.model.finding import Level
from credlint.model.lazy_expressions import lazy_compile
from credlint.model.lean_tuples import NamedTuple

_LOADERS = ("dotenv.load_dotenv", "dotenv.main.load_dotenv")
_OVERRIDE_AT = 3
# The whole line, so that a comment is none; the value may not be empty, nor be taken from the
# environment: python-dotenv puts it in for ${AWS_ACCESS_KEY_ID}.
_KEY = lazy_compile(
    rb"^[ \t]*(?:export[ \t]+)?(AWS_(?:ACCESS_KEY_ID|SECRET_ACCESS_KEY))[ \t]*=[ \t]*"
    rb"[\"']?([^\"'\s#$][^\"'\s]*)",
    re.MULTILINE,
)
_NAME = lazy_compile(
    rb"^[ \t]*(?:export[ \t]+)?(AWS_(?:ACCESS_KEY_ID|SECRET_ACCESS_KEY))[ \t]*=", re.MULTILINE
)
_EXAMPLES = (".env.example", ".env.sample", ".env.template", ".env.dist", "env.example")
_FILE = lazy_compile(r"(?:[\w./-]*/)?((?:[\w-]+)?\.env(?:\.[\w-]+)*)\Z")
_IMAGE = lazy_compile(r"(?:.*\.)?(?:docker|container)file(?:\..*)?\Z", re.IGNORECASE)
_LEFT_OUT = lazy_compile(
    rb"^[ \t]*/?(?:\*\*/)?(?:\.env\*?|\.env\.\*|\*\.env|\.\*|\*)[ \t]*\r?$", re.MULTILINE
)
# COPY . /app, ADD ./ /app, COPY .env ./
_COPIES = lazy_compile(
    rb"^[ \t]*(?:COPY|ADD)[ \t]+(?:--\S+[ \t]+)*(?:\./?|\.env\S*)[ \t]",
    re.IGNORECASE | re.MULTILINE,
)
_FROM = lazy_compile(
    rb"^[ \t]*FROM[ \t]+(?:--\S+[ \t]+)*(\S+)(?:[ \t]+AS[ \t]+(\S+))?", re.IGNORECASE | re.MULTILINE
)
_MOST_FOLDERS = 12
_MOST_NAMES = 4
_MOST_LOOKS = 100


class _Variables(NamedTuple):
    """A file with keys: its path, the first name in it, whether no key of AWS is the value."""

    uri: str
    name: str
    is_example: bool = False


def check(module: Module, context: Context) -> Iterator[Sighting]:
    """Yield the calls of ``load_dotenv`` that bring keys into the process."""
    if context.is_test:
        return
    for call in module.callees.named(("load_dotenv",)):
        if call.callee not in _LOADERS or _is_guarded(module, call):
            continue
        found = _variables(module, context, call)
        if found is not None:
            seen = _judged(module, context, call, found)
            if seen is not None:
                yield seen


def _judged(module: Module, context: Context, call: Call, found: _Variables) -> Optional[Sighting]:
    from credlint.code.python.dotenv_fix import guarded, without_override  # noqa: PLC0415  where there is a finding

    given = module.evaluate.constant(call.argument("override", _OVERRIDE_AT), call.scope)
    overrides = given is not None and given.value is True
    level: Level = "note"
    fix = None
    message = f"load_dotenv({'override=True' if overrides else ''}) sets {found.name}"
    message += f", which {found.uri} {'has' if not found.is_example else 'asks for'}"
    if is_function(module):
        if not overrides:
            return None
        message += ", so the keys of the function's role are replaced."
        if not _may_be_missing(module, call):
            level = "warning" if found.is_example else "error"
            fix = without_override(module, call)
    elif _is_copied(context, found):
        level = "note" if found.is_example else "warning"
        message += ": the image takes the file along, and its container never uses a role."
        fix = guarded(module, call)
    elif found.is_example:
        return None
    else:
        message += "; where this runs with a role, the role is never used."
    start, end, _ = module.span(call.node)
    return Sighting(start, end, message, level=level, subject=f"load_dotenv: {found.name}", fix=fix)


def _is_guarded(module: Module, call: Call) -> bool:
    """Tell whether the call is made under a condition other than that the file is there."""
    inner: ast.AST = call.node
    for node in module.around.ancestors(call.node):
        if isinstance(node, (ast.If, ast.IfExp)) and _is_guard(node.test):
            return True
        if isinstance(node, ast.BoolOp) and inner is not node.values[0]:
            return True
        block = getattr(node, "body", ()) if isinstance(inner, ast.stmt) else ()
        if inner in block and any(map(_returns, block[: block.index(inner)])):
            return True
        inner = node
    return False


def _returns(statement: ast.stmt) -> bool:
    """Tell whether a function ends there under a condition: what follows is guarded by it."""
    if not isinstance(statement, ast.If) or not isinstance(statement.body[-1], ast.Return):
        return False
    return _is_guard(statement.test)


def _is_guard(test: ast.expr) -> bool:
    """Tell whether a condition asks for something else than whether the file is there."""
    asked = [each for each in ast.walk(test) if isinstance(each, ast.Attribute)]
    return not any(each.attr in ("exists", "isfile", "is_file") for each in asked)


def _may_be_missing(module: Module, call: Call) -> bool:
    """Tell whether the module does without python-dotenv, which its function then may not have."""
    for node in module.around.ancestors(call.node):
        for handler in node.handlers if isinstance(node, ast.Try) else ():
            kinds = ast.walk(handler.type) if handler.type is not None else ()
            caught = {each.id for each in kinds if isinstance(each, ast.Name)}
            if not {"ImportError", "ModuleNotFoundError"}.isdisjoint(caught):
                return True
    return False


def _folders(uri: str) -> list[str]:
    """Return the folder of a file and those around it, innermost first."""
    folder = uri.rpartition("/")[0]
    folders = [folder]
    while folder and len(folders) < _MOST_FOLDERS:
        folder = folder.rpartition("/")[0]
        folders.append(folder)
    return folders


def _variables(module: Module, context: Context, call: Call) -> Optional[_Variables]:
    name = _file_name(module, call.argument("dotenv_path", 0), call.scope)
    if name is None or call.argument("stream", 1) is not None:
        return None
    for folder in _folders(context.uri):
        beside = context.around.names(folder)
        prefix = f"{folder}/" if folder else ""
        if name in beside:
            # python-dotenv takes the first file that it meets.
            return _keys_of(prefix + name, context.around.read(prefix + name) or b"")
        for example in _EXAMPLES:
            text = context.around.read(prefix + example) if example in beside else None
            found = _NAME.search(text or b"")
            if found is not None:
                return _Variables(prefix + example, found.group(1).decode(), is_example=True)
    return None


def _keys_of(uri: str, text: bytes) -> Optional[_Variables]:
    """Return what a file sets; ``test`` or ``your-key`` only shows what belongs there."""
    names: list[str] = []
    for match in _KEY.finditer(text):
        name, value = (part.decode("utf-8", "replace") for part in match.groups())
        if is_issued(KINDS[name.lower()], value):
            return _Variables(uri, name)
        names.append(name)
    return _Variables(uri, names[0], is_example=True) if names else None


def _file_name(module: Module, given: Optional[ast.expr], scope: Scope) -> Optional[str]:
    """Return the name of the file that is asked for, None where it is not known."""
    given, scope = _held(module, given, scope)
    if given is None or (isinstance(given, ast.Constant) and given.value is None):
        return ".env"
    if isinstance(given, ast.Call) and (dotted(given.func) or "").endswith("find_dotenv"):
        is_named = given.args or any(each.arg == "filename" for each in given.keywords)
        given = given if is_named else ast.Constant(".env")
    pending: list[tuple[Optional[ast.expr], Scope]] = [(given, scope)]
    for _ in range(_MOST_LOOKS):
        if not pending:
            break
        node, within = _held(module, *pending.pop())
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            match = _FILE.match(node.value)
            if match is not None:
                return match.group(1)
        elif node is not None:
            inner = [each for each in ast.iter_child_nodes(node) if isinstance(each, ast.expr)]
            pending += [(each, within) for each in inner]
    return None


def _held(
    module: Module, node: Optional[ast.expr], scope: Scope
) -> tuple[Optional[ast.expr], Scope]:
    """Return what a name holds for certain, and where that stands; anything else as it is."""
    for _ in range(_MOST_NAMES):
        sources = module.evaluate.resolve(node, scope) if node is not None else []
        if len(sources) != 1 or sources[0].is_fallback:
            break
        node, scope, _ = sources[0]
    return node, scope


def _is_copied(context: Context, found: _Variables) -> bool:
    """Tell whether an image takes along the folder around the module with the file in it."""
    for folder in _folders(context.uri):
        prefix = f"{folder}/" if folder else ""
        if not found.uri.startswith(prefix):
            continue
        images = [name for name in context.around.names(folder) if _IMAGE.match(name)]
        if images:
            ignored = context.around.read(f"{prefix}.dockerignore") or b""
            texts = [context.around.read(prefix + name) or b"" for name in sorted(images)]
            copied = any(_COPIES.search(part) for text in texts for part in _shipped(text))
            return copied and _LEFT_OUT.search(ignored) is None
    return False


def _shipped(text: bytes) -> list[bytes]:
    """Return the last stage of a Dockerfile, and those that it is made from."""
    stages = list(_FROM.finditer(text))
    parts: list[bytes] = []
    end, wanted = len(text), b""
    for number, stage in reversed(list(enumerate(stages))):
        if number == len(stages) - 1 or (wanted and stage.group(2) and stage.group(2) == wanted):
            parts.append(text[stage.end() : end])
            wanted = stage.group(1)
        end = stage.start()
    return parts
