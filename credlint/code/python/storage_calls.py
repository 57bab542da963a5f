"""Where libraries that read data take keys of S3.

Read from s3fs 2026.9 (``core.py``, ``S3FileSystem.__init__``), pyarrow 26 (``pyarrow.fs``),
object_store as polars and deltalake use it (``aws/builder.rs``, names in any case), Hadoop 3.4
(``core-default.xml``, ``fs.s3a.*``) and DuckDB 1.4 (extension httpfs, ``SET`` and
``CREATE SECRET``).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Optional

from credlint.code.python.module import Module
from credlint.code.python.names import Scope, dotted
from credlint.code.python.signatures import KEY_NAMES
from credlint.code.python.values import Literal
from credlint.code.sighting import Span
from credlint.model.lean_tuples import NamedTuple
from credlint.model.secret import Secret

_ID, _SECRET, _TOKEN = KEY_NAMES
_OPTIONS = {
    **dict.fromkeys(("key", "access_key", "access_key_id", "username", "aws_access_key"), _ID),
    **dict.fromkeys(("secret", "secret_key", "secret_access_key", "password"), _SECRET),
    **dict.fromkeys(("aws_secret_key",), _SECRET),
    **dict.fromkeys(("token", "session_token", "aws_token", "aws_security_token"), _TOKEN),
    **{name: name for name in (_ID, _SECRET, _TOKEN)},
}
_ENDPOINTS = frozenset(
    ("endpoint_url", "endpoint_override", "aws_endpoint", "aws_endpoint_url", "endpoint")
)
_OF_PROTOCOL = frozenset(
    ("filesystem", "open", "open_files", "open_local", "get_mapper", "url_to_fs")
)
_SETTERS = frozenset(("config", "set", "setConf", "setIfMissing", "setdefault"))
_SETTING = re.compile(
    r"(?:spark\.hadoop\.)?fs\.s3[an]?\.(?:bucket\.[^.]+\.)?"
    r"(?:(?P<id>access\.key|awsAccessKeyId)|(?P<secret>secret\.key|awsSecretAccessKey)"
    r"|(?P<token>session\.token)|(?P<endpoint>endpoint))\Z"
)
_QUERIES = frozenset(("execute", "sql", "query"))
_SET = re.compile(
    r"\bs3_(?:(?P<id>access_key_id)|(?P<secret>secret_access_key)|(?P<token>session_token)"
    r"|(?P<endpoint>endpoint))\s*=\s*(?:'(?P<value>[^']+)'|\"(?P<other>[^\"]+)\")",
    re.IGNORECASE,
)
_CREATE = re.compile(r"\bCREATE\b[^(;]*\bSECRET\b[^(;]*\([^;]*?\bTYPE\s+S3\b", re.IGNORECASE)
_OF_SECRET = re.compile(
    r"\b(?:(?P<id>KEY_ID)|(?P<secret>SECRET)|(?P<token>SESSION_TOKEN)|(?P<endpoint>ENDPOINT))"
    r"\s+'(?P<value>[^']+)'(?P<other>)",
    re.IGNORECASE,
)


# A setting: where its name stands, the scope, the name, the value.
_Setting = tuple[ast.expr, Scope, str, ast.expr]


class Given(NamedTuple):
    """Keys in one place.

    ``owner``: who gets them. ``literals``: by the names that boto3 has for the three.
    ``written``: by the same, the names here. ``call``: the one whose options all keys are, None
    where there is none, or where some are no literals.
    """

    owner: str
    span: Span
    scope: Scope
    literals: dict[str, Literal]
    written: dict[str, str]
    endpoint: Optional[ast.expr]
    call: Optional[ast.Call] = None


def iter_given(module: Module) -> Iterator[Given]:
    """Yield all places of a module where keys, or what stands for them, are given."""
    settings: list[_Setting] = []
    statements: list[Given] = []
    for node, scope in module.names.calls:
        options = _options(module, node, scope)
        if options:
            found = _of_options(module, node, scope, options)
            if found is not None:
                yield found
        method = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        if method in _SETTERS and len(node.args) == 2:  # noqa: PLR2004  name and value
            name = module.evaluate.text(node.args[0], scope)
            if name is not None:
                settings.append((node.args[0], scope, name.value.reveal(), node.args[1]))
        elif method in _QUERIES and node.args:
            found = _of_query(module, node, scope)
            statements.extend([found] if found is not None else [])
    yield from _together(statements)
    settings.extend(_listed(module))
    found = _of_settings(module, settings)
    if found is not None:
        yield found


def _listed(module: Module) -> Iterator[_Setting]:
    """Yield settings of dictionaries and of pairs, as ``SparkConf().setAll()`` takes them."""
    if b"fs.s3" not in module.text:
        return
    for node in ast.walk(module.tree):
        pairs: list[tuple[Optional[ast.expr], ast.expr]] = []
        if isinstance(node, ast.Dict):
            pairs = list(zip(node.keys, node.values))
        elif isinstance(node, (ast.Tuple, ast.List)) and len(node.elts) == 2:  # noqa: PLR2004  name and value
            pairs = [(node.elts[0], node.elts[1])]
        for key, value in pairs:
            name = _setting_of(key)
            if key is not None and name is not None and _setting_of(value) is None:
                yield key, module.around.scope_of(key), name, value


def _setting_of(node: Optional[ast.expr]) -> Optional[str]:
    """Return the name of a setting that a literal is."""
    name = node.value if isinstance(node, ast.Constant) else None
    return name if isinstance(name, str) and _SETTING.match(name) is not None else None


def _together(statements: list[Given]) -> Iterator[Given]:
    """Yield statements for DuckDB, those that set one key each as one where the secret is set."""
    last: Optional[Given] = None
    for each in statements:
        if last is None or not last.literals.keys().isdisjoint(each.literals):
            if last is not None:
                yield last
            last = each
            continue
        main = last if _SECRET in last.literals else each
        last = main._replace(
            literals={**last.literals, **each.literals},
            written={**last.written, **each.written},
            endpoint=last.endpoint or each.endpoint,
        )
    if last is not None:
        yield last


def _options(module: Module, node: ast.Call, scope: Scope) -> dict[str, ast.expr]:
    """Return the options by name that a call gets for S3, those within ``client_kwargs``, too."""
    name = node.func.attr if isinstance(node.func, ast.Attribute) else dotted(node.func) or ""
    options: dict[str, ast.expr] = {}
    for keyword in node.keywords:
        if keyword.arg == "storage_options":
            options.update(module.evaluate.mapping(keyword.value, scope))
    if name == "S3FileSystem" or (name in _OF_PROTOCOL and _is_of_s3(module, node, scope)):
        for keyword in node.keywords:
            if keyword.arg is None:
                options.update(module.evaluate.mapping(keyword.value, scope))
            elif keyword.arg != "storage_options":
                options[keyword.arg] = keyword.value
    inner = options.pop("client_kwargs", None)
    if inner is not None:
        options.update(module.evaluate.mapping(inner, scope))
    return options


def _is_of_s3(module: Module, node: ast.Call, scope: Scope) -> bool:
    """Tell whether a function of fsspec is called for ``s3`` or an address of it."""
    origin = module.callees.origin(node.func) or ""
    if origin.partition(".")[0] != "fsspec" or not node.args:
        return False
    protocol = module.evaluate.text(node.args[0], scope)
    return protocol is not None and protocol.value.reveal().startswith(("s3:", "s3a", "s3"))


def _of_options(
    module: Module, node: ast.Call, scope: Scope, options: dict[str, ast.expr]
) -> Optional[Given]:
    literals: dict[str, Literal] = {}
    written: dict[str, str] = {}
    endpoint: Optional[ast.expr] = None
    call: Optional[ast.Call] = node
    for name, value in options.items():
        kind = _OPTIONS.get(name.lower())
        if name.lower() in _ENDPOINTS:
            endpoint = value
        literal = module.evaluate.text(value, scope) if kind is not None else None
        if kind is not None and literal is not None and literal.value:
            literals[kind] = literal
            written[kind] = name
        elif kind is not None:
            call = None
    owner = f"{dotted(node.func) or 'the call'}()"
    return Given(owner, module.span(node), scope, literals, written, endpoint, call)


def _of_settings(module: Module, settings: list[_Setting]) -> Optional[Given]:
    """Return the keys that the settings of Spark or Hadoop hold, as one."""
    literals: dict[str, Literal] = {}
    written: dict[str, str] = {}
    endpoint: Optional[ast.expr] = None
    place: Optional[tuple[Span, Scope]] = None
    for node, scope, name, value in settings:
        setting = _SETTING.match(name)
        if setting is None:
            continue
        if setting.group("endpoint"):
            endpoint = value
            continue
        kind = _kind(setting)
        literal = module.evaluate.text(value, scope)
        if literal is None or not literal.value or kind in literals:
            continue
        literals[kind], written[kind] = literal, name
        if place is None or kind == _SECRET:
            place = Span(module.start(node), module.end(value)), scope
    if place is None:
        return None
    return Given("Spark", *place, literals, written, endpoint)


def _kind(match: re.Match[str]) -> str:
    return _ID if match.group("id") else _SECRET if match.group("secret") else _TOKEN


def _of_query(module: Module, node: ast.Call, scope: Scope) -> Optional[Given]:
    """Return the keys that a statement for DuckDB sets."""
    text = module.evaluate.text(node.args[0], scope)
    if text is None:
        return None
    query = text.value.reveal()
    pattern = _OF_SECRET if _CREATE.search(query) else _SET
    literals: dict[str, Literal] = {}
    written: dict[str, str] = {}
    endpoint: Optional[ast.expr] = None
    for match in pattern.finditer(query):
        if match.group("endpoint"):
            endpoint = node.args[0]
            continue
        kind = _kind(match)
        literals[kind] = Literal(
            Secret(match.group("value") or match.group("other")), text.node, text.is_fallback
        )
        written[kind] = (match.group("id") or match.group("secret") or match.group("token")).lower()
    if not literals:
        return None
    return Given("DuckDB", module.span(node), scope, literals, written, endpoint)
