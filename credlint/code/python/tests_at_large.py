"""SRC114: tests whose clients find the credentials of whoever runs them."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterator

from credlint.code.python.arguments import given
from credlint.code.python.aws_clients import LOCAL, is_client, is_request, makes_client
from credlint.code.python.callees import Call
from credlint.code.python.module import Module
from credlint.code.python.names import dotted
from credlint.code.python.signatures import CLIENTS
from credlint.code.python.tree import parameters, walk_body
from credlint.code.sighting import Context, Sighting

_TEST_MODULE = re.compile(r"(?:.*/)?(?:test_[^/]*|[^/]*_test|tests|conftest)\.py\Z")
# Tests that are meant to reach an account, by their folder or name.
_MEANT = re.compile(
    r"(?:\A|[/_.-])(?:integ\w*|integration\w*|e2e|end[_-]?(?:to|2)[_-]?end|acceptance|functional|"
    r"system|live|smoke|canary|manual|nightly|perf\w*|benchmark\w*|load|regression|external|"
    r"aws|cloud|sandbox|itest\w*|it)(?:[/_.-]|\Z)",
    re.IGNORECASE,
)
# What keeps tests away from an account, or says that they are to reach one.
_KEPT_AWAY = re.compile(
    rb"moto\b|mock|Mock|stub|Stub|fake|Fake|patch|dummy|Dummy|localstack|LocalStack|minio|endpoint"
    rb"|localhost|placebo|vcr|betamax|cassette|responses\b|httpretty|respx|httpserver|UNSIGNED"
    rb"|AWS_ACCESS_KEY_ID|AWS_PROFILE|aws_access_key_id|AWS_SHARED_CREDENTIALS_FILE|testcontainers"
    rb"|[mM]ark\.integ|integration|e2e|end.to.end|get_waiter|addoption|environ|getenv"
    rb"|create_stack|describe_stack|StackName|stack_name"
    rb"|functional|acceptance|skip[iIuU]|allow_module_level|mark\.\w*aws"
    rb"|mark\.(?:live|slow|network|external|online|system)|requires_aws|needs_aws|sandbox"
)
_SETTINGS = (
    *("pyproject.toml", "pytest.ini", "tox.ini", "setup.cfg", "noxfile.py", "Makefile"),
    "__init__.py",
)
_KEYS = re.compile(rb"AWS_ACCESS_KEY_ID|AWS_SHARED_CREDENTIALS_FILE|AWS_PROFILE|AWS_ENDPOINT_URL")
_OF_TESTS = frozenset(("tests", "test", "testing", "conftest", "testlib", "base"))
_OWN = frozenset(
    (
        *("aws_access_key_id", "aws_secret_access_key", "endpoint_url", "profile_name", "config"),
        "aws_session_token",
    )
)
_MOST_FOLDERS = 12


def check(module: Module, context: Context) -> Iterator[Sighting]:
    """Yield the first client of a test module that nothing keeps away from real accounts."""
    folder, _, name = context.uri.rpartition("/")
    if _TEST_MODULE.match(context.uri) is None or _MEANT.search(context.uri) is not None:
        return
    # What conftest.py says is not known of a file that stands alone.
    if name not in context.around.names(folder) or _KEPT_AWAY.search(module.text) is not None:
        return
    plain = [call for call in module.callees.named(CLIENTS) if _is_plain(module, call)]
    clients = [call for call in plain if not _is_skipped(module, call.node)]
    if not clients or _is_helped(module) or not _has_tests(module) or not _are_used(module):
        return
    if _is_kept_away(context, folder):
        return
    from credlint.code.python.conftest_fix import fixture_fix  # noqa: PLC0415  where there is a finding

    first = clients[0]
    start, end, _ = module.span(first.node)
    in_functions = all(module.around.function_of(call.node) is not None for call in clients)
    yield Sighting(
        start,
        end,
        "Tests create clients without fake credentials, so on a developer's machine they reach the "
        "account of the default profile.",
        subject="tests create clients",
        fix=fixture_fix(module, context) if in_functions else None,
    )


def _is_plain(module: Module, call: Call) -> bool:
    """Tell whether a call makes a client of AWS with whatever the chain finds."""
    if not makes_client(module, call.node, call.scope):
        return False
    unpacked = any(keyword.arg is None for keyword in call.keywords)
    return not unpacked and _OWN.isdisjoint(given(module, call))


def _is_helped(module: Module) -> bool:
    """Tell whether the module is given things by other modules of the tests."""
    for node in module.tree.body:
        if isinstance(node, ast.ImportFrom):
            first = (node.module or "").partition(".")[0]
            if node.level or first in _OF_TESTS or first.startswith("test"):
                return True
    return False


def _has_tests(module: Module) -> bool:
    return any(function.name.startswith("test") for function in module.around.functions)


def _is_skipped(module: Module, node: ast.AST) -> bool:
    """Tell whether a call stands in a test, or in a class of tests, that is never run."""
    for around in module.around.ancestors(node):
        for decorator in getattr(around, "decorator_list", ()):
            made = decorator.func if isinstance(decorator, ast.Call) else decorator
            if (dotted(made) or "").rpartition(".")[2] == "skip":
                return True
    return False


def _are_used(module: Module) -> bool:
    """Tell whether a client sends a request, or is given to something that may."""
    fixtures = _fixtures(module)
    for node, scope in module.names.calls:
        if is_request(module, node, scope):
            return True
        given: list[ast.expr] = []
        if _may_request(node.func):
            given = [*node.args, *(keyword.value for keyword in node.keywords)]
        if any(isinstance(each, ast.Name) and is_client(module, each, scope) for each in given):
            return True
        if isinstance(node.func, ast.Attribute) and node.func.attr not in LOCAL:
            given.append(node.func.value)
        if any(_is_of_fixture(module, each, node, fixtures) for each in given):
            return True
    return False


def _may_request(function: ast.expr) -> bool:
    """Tell whether what is called may send requests: ``type(client)`` and asserts do not."""
    if isinstance(function, ast.Name):
        return not hasattr(builtins, function.id)
    return not (isinstance(function, ast.Attribute) and function.attr.startswith("assert"))


def _fixtures(module: Module) -> set[str]:
    """Return the names of the fixtures of pytest that are clients."""
    found: set[str] = set()
    for function in module.around.functions:
        made = [
            each.func if isinstance(each, ast.Call) else each for each in function.decorator_list
        ]
        if not any((dotted(each) or "").rpartition(".")[2] == "fixture" for each in made):
            continue
        scope = module.around.scope_inside(function)
        for node in walk_body(function.body):
            given = node.value if isinstance(node, (ast.Return, ast.Yield)) else None
            if given is not None and is_client(module, given, scope):
                found.add(function.name)
    return found


def _is_of_fixture(module: Module, node: ast.expr, call: ast.Call, fixtures: set[str]) -> bool:
    """Tell whether a name is a parameter that pytest fills with one of the fixtures."""
    if not isinstance(node, ast.Name) or node.id not in fixtures:
        return False
    function = module.around.function_of(call)
    return function is not None and node.id in parameters(function)


def _is_kept_away(context: Context, folder: str) -> bool:
    """Tell whether ``conftest.py`` or the settings of the tests, here or above, see to it."""
    for _ in range(_MOST_FOLDERS):
        beside = context.around.names(folder)
        prefix = f"{folder}/" if folder else ""
        if "conftest.py" in beside:
            text = context.around.read(f"{prefix}conftest.py")
            if text is None or _KEPT_AWAY.search(text) is not None:
                return True
        for name in _SETTINGS:
            text = context.around.read(prefix + name) if name in beside else None
            if text is not None and _KEYS.search(text) is not None:
                return True
        if not folder:
            return False
        folder = folder.rpartition("/")[0]
    return True
