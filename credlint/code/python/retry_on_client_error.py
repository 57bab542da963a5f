"""SRC112: everything is tried again that a service has refused, whatever the reason."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import Optional

from credlint.code.python.aws_clients import is_request
from credlint.code.python.error_filters import is_filtered
from credlint.code.python.exceptions import Kind, kind_of
from credlint.code.python.module import Module
from credlint.code.python.names import Scope, dotted
from credlint.code.python.retry_decorators import Decorated, iter_decorated
from credlint.code.python.retry_loops import Retry, iter_retries
from credlint.code.python.tree import walk_body
from credlint.code.sighting import Context, Sighting, Span

# A new role, policy or resource is not known everywhere at once: these are answered with
# InvalidParameterValue, AccessDenied or MalformedPolicy for some seconds (IAM User Guide,
# "Troubleshoot IAM: Changes that I make are not always immediately visible").
_NEED_ROLES = frozenset(
    (
        *("create_function", "update_function_configuration", "add_permission", "assume_role"),
        *("create_event_source_mapping", "put_bucket_policy", "attach_role_policy"),
        *("add_role_to_instance_profile", "associate_iam_instance_profile", "run_instances"),
        *("create_cluster", "create_nodegroup", "create_key", "put_key_policy", "create_job"),
        *("create_state_machine", "create_project", "create_crawler", "create_instances"),
        *("create_notebook_instance", "create_training_job", "create_delivery_stream"),
        *("put_subscription_filter", "create_launch_configuration", "create_compute_environment"),
        *("update_assume_role_policy", "request_spot_fleet", "create_stack", "put_rule"),
        *(
            "put_bucket_notification_configuration",
            "put_public_access_block",
            "set_topic_attributes",
        ),
    )
)
_READING = ("describe_", "get_", "head_", "list_", "create_tags", "tag_", "modify_", "load")
_MAKING = ("create_", "run_", "register_", "put_", "allocate_", "copy_", "import_", "upload_")


def check(module: Module, context: Context) -> Iterator[Sighting]:
    """Yield the handlers of loops and the decorators that try again after every ClientError."""
    for retry in iter_retries(module):
        if _is_of_aws(module, retry) and not is_filtered(module, retry.handler):
            yield _loop_sighting(module, context, retry)
    for decorated in iter_decorated(module):
        if _calls_aws(module, decorated):
            yield _decorator_sighting(module, context, decorated)


def _requests(module: Module, body: Iterable[ast.AST], scope: Scope) -> list[str]:
    """Return the methods that clients are asked for."""
    return [
        node.func.attr
        for node in body
        if is_request(module, node, scope)
        and isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
    ]


def _is_of_aws(module: Module, retry: Retry) -> bool:
    body = list(walk_body(retry.attempt.body))
    methods = [
        node.func.attr
        for node in body
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    ]
    if retry.kind == "all" and not _requests(module, body, retry.scope):
        return False
    return not _awaits_change(module, retry, methods)


def _awaits_change(module: Module, retry: Retry, methods: list[str]) -> bool:
    """Tell whether the attempt fails until something new is known everywhere (see above)."""
    if not _NEED_ROLES.isdisjoint(methods):
        return True
    if not any(method.startswith(_READING) for method in methods):
        return False
    function = module.around.function_of(retry.loop)
    before = function.body if function is not None else module.tree.body
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr.startswith(_MAKING)
        and node.lineno < retry.loop.lineno
        for node in walk_body(before)
    )


def _calls_aws(module: Module, decorated: Decorated) -> bool:
    """Tell whether the function lets errors of AWS out: the class says so, or a request in it."""
    function = decorated.function
    scope = (*module.around.scope_of(function), function.name)
    body = list(walk_body(function.body))
    handles = any(
        isinstance(node, ast.ExceptHandler) and kind_of(module, node.type, scope) != "other"
        for node in body
    )
    if handles:
        return False
    if decorated.kind == "client":
        return True
    methods = _requests(module, body, scope)
    return bool(methods) and _NEED_ROLES.isdisjoint(methods)


def _what(kind: Kind) -> str:
    return "every ClientError" if kind == "client" else "every exception, ClientError among them"


def _loop_sighting(module: Module, context: Context, retry: Retry) -> Sighting:
    handler = retry.handler
    start = module.start(handler)
    end = module.end(handler.type) if handler.type is not None else start + len("except")
    pause = _fixed_pause(module, retry)
    reason = f" It waits the same {pause} s each time." if pause else ""
    function = module.around.function_of(retry.loop)
    loop = module.start(retry.loop)
    word = "for" if isinstance(retry.loop, ast.For) else "while"  # or async
    return Sighting(
        start,
        end,
        f"This loop retries {_what(retry.kind)}; what a service refuses with 4xx (AccessDenied, "
        f"ValidationException, ExpiredToken) never succeeds.{reason}",
        level="note" if context.is_test else None,
        subject=f"{function.name if function is not None else 'module'}: {retry.kind}",
        related=(Span(loop, loop + len(word), "the loop"),),
    )


def _fixed_pause(module: Module, retry: Retry) -> Optional[str]:
    for node in walk_body(retry.loop.body):
        if isinstance(node, ast.Call) and (dotted(node.func) or "").rpartition(".")[2] == "sleep":
            given = module.evaluate.constant(node.args[0], retry.scope) if node.args else None
            if given is not None and isinstance(given.value, (int, float)):
                return str(given.value)[:10]
    return None


def _decorator_sighting(module: Module, context: Context, decorated: Decorated) -> Sighting:
    start, end, _ = module.span(decorated.decorator)
    name = decorated.function.name
    return Sighting(
        start,
        end,
        f"{name}() is called again after {_what(decorated.kind)}; what a service refuses with 4xx "
        "(AccessDenied, ValidationException, ExpiredToken) never succeeds.",
        level="note" if context.is_test else None,
        subject=f"{name}: {decorated.kind}",
    )
