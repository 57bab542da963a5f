"""Reads the ``provider "aws"`` blocks of a folder's Terraform files; what it returns is secret.

Only literals are taken: what depends on variables, functions or other files is told as such.
Sources: the HCL native and JSON syntax specifications; python-hcl2 8.1.4 parses the former.
"""

# ruff: noqa: ANN401  trees of two parsers, which have no types

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Optional

from credlint.host.files import decode, read_file
from credlint.model.lean_dataclasses import dataclass

_FILE_LIMIT = 500
_MENTION = re.compile(r'provider\W{1,4}aws\b|"provider"')
_ESCAPE = re.compile(r'\\(?:([nrt"\\])|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))')
_PLAIN = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
_TEMPLATE = re.compile(r"(?<!\$)\$\{|(?<!%)%\{")
TEXTS = (
    *("access_key", "secret_key", "token", "profile", "region", "sts_region"),
    *("ec2_metadata_service_endpoint", "ec2_metadata_service_endpoint_mode"),
    *("custom_ca_bundle", "http_proxy", "https_proxy", "retry_mode", "max_retries"),
    *("skip_metadata_api_check", "skip_region_validation", "insecure"),
)
LISTS = ("shared_config_files", "shared_credentials_files")
_ROLE = ("role_arn", "session_name", "external_id", "duration")
_WEB_IDENTITY = ("role_arn", "session_name", "web_identity_token", "web_identity_token_file")
BLOCKS = {"assume_role": _ROLE, "assume_role_with_web_identity": _WEB_IDENTITY}


class NotLiteral(Exception):  # noqa: N818  no error: the value is known to Terraform alone
    """A value that only Terraform can tell."""


@dataclass(frozen=True)
class RawArgument:
    """One argument; ``values`` None when it is not literal, empty for a block."""

    name: str
    line: int
    values: Optional[tuple[str, ...]] = ()

    def __repr__(self) -> str:
        return f"RawArgument({self.name!r})"


@dataclass(frozen=True)
class RawBlock:
    """One block; as in ``model.snapshot.ProviderBlock``, in clear."""

    file: str
    line: int
    alias: Optional[str] = None
    arguments: tuple[RawArgument, ...] = ()
    error: Optional[str] = None


def read_provider_blocks(folder: Path) -> tuple[RawBlock, ...]:
    """Return the blocks of the files that Terraform reads in a folder, in their order."""
    try:
        with os.scandir(folder) as entries:
            names = sorted(e.name for e in entries if e.name.endswith((".tf", ".tf.json")))
    except OSError:
        return ()
    names = [name for name in names if not name.startswith(".")]
    blocks = [block for name in names[:_FILE_LIMIT] for block in _read(folder, name)]
    if len(names) > _FILE_LIMIT:
        blocks.append(RawBlock(names[_FILE_LIMIT], 0, error="too-many-files"))
    return tuple(blocks)


def _read(folder: Path, name: str) -> list[RawBlock]:
    raw = read_file(str(folder / name))
    if raw.status != "read":
        return [RawBlock(name, 0, error=raw.status)]
    text = decode(raw.data).text
    if _MENTION.search(text) is None:
        return []
    try:
        found = list(_of_json(text) if name.endswith(".json") else _of_hcl(text))
    except _unparsed():
        return [RawBlock(name, 0, error="unparsed")]
    stem = name.partition(".")[0]
    # Such a file changes blocks of other files instead of adding its own.
    error = "override" if stem == "override" or stem.endswith("_override") else None
    return [RawBlock(name, line, alias, arguments, error) for line, alias, arguments in found]


def _unparsed() -> tuple[type[Exception], ...]:
    from lark.exceptions import LarkError  # noqa: PLC0415  parsers cost 50 ms

    return (LarkError, RecursionError, ValueError, TypeError, AttributeError, KeyError)


Found = tuple[int, Optional[str], tuple[RawArgument, ...]]


def _of_hcl(text: str) -> Iterator[Found]:
    import hcl2  # noqa: PLC0415  parsers cost 50 ms

    for kind, labels, body, line in _hcl_blocks(hcl2.parses_to_tree(text).children[0]):
        if kind == "provider" and labels == ["aws"]:
            yield line, *_split(list(_hcl_arguments(body)))


def _hcl_blocks(body: Any) -> Iterator[tuple[str, list[str], Any, int]]:
    for tree in _trees(body):
        if tree.data != "block":
            continue
        parts = _trees(tree)
        words = ["".join(map(str, part.scan_values(lambda _: True))) for part in parts[:-1]]
        yield words[0], [word.strip('"') for word in words[1:]], parts[-1], tree.meta.line


def _trees(tree: Any) -> list[Any]:
    return [child for child in tree.children if hasattr(child, "data")]


def _hcl_arguments(body: Any) -> Iterator[RawArgument]:
    yield from _hcl_attributes(body, "", (*TEXTS, *LISTS, "alias"))
    counts: dict[str, int] = {}
    for kind, labels, inner, line in _hcl_blocks(body):
        if kind == "dynamic" and labels and labels[0] in BLOCKS:
            yield RawArgument(f"dynamic.{labels[0]}", line, None)
        elif kind in BLOCKS:
            prefix = f"{kind}.{counts.setdefault(kind, 0)}"
            counts[kind] += 1
            yield RawArgument(prefix, line)
            yield from _hcl_attributes(inner, f"{prefix}.", BLOCKS[kind])


def _hcl_attributes(body: Any, prefix: str, wanted: tuple[str, ...]) -> Iterator[RawArgument]:
    for tree in _trees(body):
        if tree.data != "attribute":
            continue
        name = str(_trees(tree)[0].children[0])
        if name in wanted:
            yield from _argument(prefix + name, tree.meta.line, _hcl_value, _trees(tree)[1])


def _hcl_value(tree: Any) -> Optional[object]:
    inner = _trees(tree)
    if tree.data == "expr_term" and len(inner) == 1 and len(tree.children) == 1:
        return _hcl_value(inner[0])
    if tree.data == "literal_value":
        return {"true": "true", "false": "false", "null": None}[str(tree.children[0])]
    if tree.data in {"int_lit", "float_lit"}:
        return "".join(str(token) for token in tree.children)
    if tree.data == "tuple":
        return [_hcl_value(one) for one in inner if one.data != "new_line_or_comment"]
    if tree.data != "string" or any(_trees(part) for part in inner):
        raise NotLiteral
    text = "".join(str(token) for part in inner for token in part.children)
    return _ESCAPE.sub(_unescape, _untemplate(text))


def _unescape(found: re.Match[str]) -> str:
    plain, short, long = found.groups()
    return _PLAIN[plain] if plain else chr(int(short or long, 16))


def _untemplate(text: str) -> str:
    if _TEMPLATE.search(text):
        raise NotLiteral
    return text.replace("$${", "${").replace("%%{", "%{")


def _argument(name: str, line: int, value_of: Any, written: Any) -> Iterator[RawArgument]:
    try:
        value = value_of(written)
    except NotLiteral:
        yield RawArgument(name, line, None)
        return
    if isinstance(value, list):
        yield RawArgument(name, line, tuple(str(one) for one in value if one is not None))
    elif value is not None:
        yield RawArgument(name, line, (str(value),))


def _split(arguments: list[RawArgument]) -> tuple[Optional[str], tuple[RawArgument, ...]]:
    """Return the alias and the other arguments."""
    alias = next((one for one in arguments if one.name == "alias"), None)
    rest = tuple(one for one in arguments if one.name != "alias")
    return (None if alias is None else (alias.values or ("",))[0]), rest


def _of_json(text: str) -> Iterator[Found]:
    for providers in _listed(json.loads(text).get("provider")):
        for body in _listed(providers.get("aws")):
            yield 1, *_split(list(_json_arguments(body)))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _json_arguments(body: dict[str, Any]) -> Iterator[RawArgument]:
    for name in (*TEXTS, *LISTS, "alias"):
        if name in body:
            yield from _argument(name, 1, _json_value, body[name])
    for kind, wanted in BLOCKS.items():
        for number, inner in enumerate(_listed(body.get(kind))):
            yield RawArgument(f"{kind}.{number}", 1)
            for name in wanted:
                if name in inner:
                    yield from _argument(f"{kind}.{number}.{name}", 1, _json_value, inner[name])
    for dynamic in _listed(body.get("dynamic")):
        for kind in BLOCKS:
            if kind in dynamic:
                yield RawArgument(f"dynamic.{kind}", 1, None)


def _json_value(value: Any) -> Optional[object]:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return [_json_value(one) for one in value]
    if isinstance(value, str):
        return _untemplate(value)
    if isinstance(value, dict):
        raise NotLiteral
    return None if value is None else str(value)
