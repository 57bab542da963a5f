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
from typing import NamedTuple, Optional

from credlint.code.python.callees import Call
from credlint.code.python.deployment import is_function
from credlint.code.python.module import Module
from credlint.code.python.names import dotted
from credlint.code.sighting import Context, Sighting
from credlint.model.finding import Level

_LOADERS = ("dotenv.load_dotenv", "dotenv.main.load_dotenv")
_OVERRIDE_AT = 3
# The whole line, so that a comment is none; the value may not be empty.
_KEY = re.compile(
    rb"^[ \t]*(?:export[ \t]+)?(AWS_(?:ACCESS_KEY_ID|SECRET_ACCESS_KEY))[ \t]*=[ \t]*"
    rb"(?:\"[^\"\s]|'[^'\s]|[^\"'\s#])",
    re.MULTILINE,
)
_NAME = re.compile(
    rb"^[ \t]*(?:export[ \t]+)?(AWS_(?:ACCESS_KEY_ID|SECRET_ACCESS_KEY))[ \t]*=", re.MULTILINE
)
_EXAMPLES = (".env.example", ".env.sample", ".env.template", ".env.dist", "env.example")
_FILE = re.compile(r"(?:[\w./-]*/)?((?:[\w-]+)?\.env(?:\.[\w-]+)*)\Z")
_IMAGE = re.compile(r"(?:.*\.)?(?:docker|container)file(?:\..*)?\Z", re.IGNORECASE)
_LEFT_OUT = re.compile(
    rb"^[ \t]*/?(?:\*\*/)?(?:\.env\*?|\.env\.\*|\*\.env|\.\*|\*)[ \t]*\r?$", re.MULTILINE
)
# COPY . /app, ADD ./ /app, COPY .env ./
_COPIES = re.compile(
    rb"^[ \t]*(?:COPY|ADD)[ \t]+(?:--\S+[ \t]+)*(?:\./?|\.env\S*)[ \t]",
    re.IGNORECASE | re.MULTILINE,
)
_MOST_FOLDERS = 12


class _Variables(NamedTuple):
    """A file with keys: its path, the first name in it, whether it only shows the names."""

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
        found = _variables(context, call)
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
        level = "warning" if found.is_example else "error"
        message += ", so the keys of the function's role are replaced."
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
    for node in module.around.ancestors(call.node):
        if not isinstance(node, (ast.If, ast.IfExp)):
            continue
        asked = [each for each in ast.walk(node.test) if isinstance(each, ast.Attribute)]
        if not any(each.attr in ("exists", "isfile", "is_file") for each in asked):
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


def _variables(context: Context, call: Call) -> Optional[_Variables]:
    name = _file_name(call.argument("dotenv_path", 0))
    if name is None or call.argument("stream", 1) is not None:
        return None
    for folder in _folders(context.uri):
        beside = context.around.names(folder)
        prefix = f"{folder}/" if folder else ""
        if name in beside:
            found = _KEY.search(context.around.read(prefix + name) or b"")
            # python-dotenv takes the first file that it meets.
            return _Variables(prefix + name, found.group(1).decode()) if found else None
        for example in _EXAMPLES:
            text = context.around.read(prefix + example) if example in beside else None
            found = _NAME.search(text or b"")
            if found is not None:
                return _Variables(prefix + example, found.group(1).decode(), is_example=True)
    return None


def _file_name(given: Optional[ast.expr]) -> Optional[str]:
    """Return the name of the file that is asked for, None where it is not known."""
    if given is None or (isinstance(given, ast.Constant) and given.value is None):
        return ".env"
    if isinstance(given, ast.Call) and not given.args and not given.keywords:
        return ".env" if (dotted(given.func) or "").endswith("find_dotenv") else None
    texts = [each.value for each in ast.walk(given) if isinstance(each, ast.Constant)]
    names = [_FILE.match(each) for each in texts if isinstance(each, str)]
    found = [each.group(1) for each in names if each is not None]
    return found[-1] if found else None


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
            return _LEFT_OUT.search(ignored) is None and any(map(_COPIES.search, texts))
    return False
