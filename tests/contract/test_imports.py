"""The floors of the house: imports run downwards only (docs/architecture.md)."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import credlint

PACKAGE = Path(credlint.__file__).resolve().parent
MODULES = sorted(PACKAGE.rglob("*.py"))

CORE = {"rulebook", "model", "cache"}
LOWER = {"model", "config"}
# room -> rooms that it may import, besides itself
ALLOWED = {
    "model": set(),
    "secrets": CORE,
    "chain": CORE,
    "checks": CORE,
    "code": CORE,
    "fixes": CORE,
    "sources": LOWER,
    "host": LOWER,
    "online": LOWER,
    "policy": LOWER,
    "report": LOWER,
    "config": {"model"},
    "rulebook": {"model", "cache"},
    "cache": {"model"},
    # Made-up keys; those with a checksum ask the functions that check it.
    "samples": {"token_samples"},
    "token_samples": {"samples", "secrets"},
    # Wires sources and detectors into one run, below the command line and nothing else.
    "pipeline": {"sources", "secrets", "code", *CORE, "config"},
}
# These may import every room; nobody below may import them.
TOP = {"cli", "demo", "__main__", "__init__"}
HEAVY = {"sarif_om", "attr", "hyperscan", "ssl", "http", "boto3", "botocore"}
CLI_START = {"cli", "model", "cache", "config", "policy", "report", "rulebook"}
ENVIRONMENT_READERS = {"host/environ.py", "config.py"}


def room_of(path: Path) -> str:
    name = path.relative_to(PACKAGE).parts[0]
    name = name.removesuffix(".py")
    return "config" if name == "config_values" else name


def dotted_imports(tree: ast.AST, path: Path):
    """Yield every imported dotted name of the package, relative imports resolved."""
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(parts[: -node.level]) if node.level else ""
            module = ".".join(part for part in (base, node.module or "") if part)
            # "from credlint import x" names a room in its list.
            yield from (f"{module}.{alias.name}" for alias in node.names)


def imported_rooms(path: Path) -> set[str]:
    names = dotted_imports(ast.parse(path.read_text("utf-8")), path)
    rooms = {name.split(".")[1] for name in names if name.startswith("credlint.")}
    rooms = {"config" if room == "config_values" else room for room in rooms}
    return rooms - {"__version__"}


def identify(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


every_module = pytest.mark.parametrize("path", MODULES, ids=identify)


def test_every_room_has_its_floor():
    assert {room_of(path) for path in MODULES} <= set(ALLOWED) | TOP


@every_module
def test_imports_run_downwards(path):
    room = room_of(path)
    if room in TOP:
        return

    assert imported_rooms(path) - {room} <= ALLOWED[room]


@every_module
def test_reporters_never_see_a_secret(path):
    if room_of(path) not in ("report", "policy"):
        return
    names = set(dotted_imports(ast.parse(path.read_text("utf-8")), path))

    assert not [name for name in names if name.startswith("credlint.model.secret")]
    assert not [name for name in names if name.endswith((".Secret", ".reveal"))]


@every_module
def test_environment_is_read_in_few_places(path):
    """``os.environ`` and ``os.getenv`` by whatever spelling."""
    relative = identify(path)
    if relative in ENVIRONMENT_READERS or room_of(path) == "cli":
        return
    tree = ast.parse(path.read_text("utf-8"))
    attributes = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    names = set(dotted_imports(tree, path))

    assert not attributes & {"environb", "getenv", "getenvb"}
    assert not names & {"os.environ", "os.environb", "os.getenv"}
    assert not [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr == "environ"
        and isinstance(node.value, ast.Name)
        and node.value.id == "os"
    ]


@every_module
def test_model_needs_nothing_but_the_standard_library(path):
    if room_of(path) != "model":
        return
    tops = {
        name.split(".")[0] for name in dotted_imports(ast.parse(path.read_text("utf-8")), path)
    } - {"credlint", "__future__"}

    assert not tops & (HEAVY | {"click", "tomli"})


@every_module
def test_heavy_modules_are_imported_where_they_are_needed(path):
    """At the head of a module of the start-up path they would cost every call of the hook."""
    if room_of(path) not in CLI_START:
        return
    tree = ast.parse(path.read_text("utf-8"))
    heads = ast.Module([node for node in tree.body if not isinstance(node, ast.If)], [])
    inner = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    heads.body = [node for node in heads.body if not isinstance(node, inner)]
    tops = {name.split(".")[0] for name in dotted_imports(heads, path)}

    assert not tops & HEAVY


def test_the_checks_above_see_an_import():
    """They can fail: every spelling of an import is understood."""
    module = PACKAGE / "model" / "finding.py"
    source = (
        "import credlint.host.imds\nfrom credlint import sources\nfrom ..chain import sdk\n"
        "def f():\n    from credlint.cli.main import main\n"
    )
    names = set(dotted_imports(ast.parse(source), module))

    assert names == {
        "credlint.host.imds",
        "credlint.sources",
        "credlint.chain.sdk",
        "credlint.cli.main.main",
    }
