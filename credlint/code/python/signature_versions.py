"""SRC117: Signature Version 2, chosen by name."""

from __future__ import annotations

from collections.abc import Iterator

from credlint.code.python.arguments import given
from credlint.code.python.module import Module
from credlint.code.python.signatures import CLIENTS
from credlint.code.sighting import Context, Sighting
from credlint.model.finding import Level
from credlint.model.fix import Edit, FileEdits, Fix

# The signers of botocore 1.44.5 that make Signature Version 2 (auth.py, AUTH_TYPE_MAPS).
_OLD = frozenset(("s3", "s3-query", "s3-presign-post", "v2"))
_PLAIN = (b'"s3"', b"'s3'")


def check(module: Module, context: Context) -> Iterator[Sighting]:
    """Yield the ``Config`` objects that ask for it."""
    for call in module.callees.named(("Config", "AioConfig")):
        if not call.is_aws:
            continue
        literal = module.evaluate.text(given(module, call).get("signature_version"), call.scope)
        if literal is None or literal.is_fallback or literal.value.reveal() not in _OLD:
            continue
        level: Level = "warning"
        if context.is_test or context.is_documentation or _may_go_elsewhere(module):
            level = "note"
        start, end, _ = module.span(call.node)
        value_start, value_end, _ = module.span(literal.node)
        fix = None
        # A store that knows nothing else would refuse the other signature, and a test may be of it.
        if level != "note" and module.text[value_start:value_end] in _PLAIN:
            edit = Edit(value_end - 1, value_end - 1, "v4")
            summary = "Sign with Signature Version 4."
            fix = Fix("unsafe", summary, (FileEdits("", (edit,)),))
        name = literal.value.reveal()
        yield Sighting(
            start=start,
            end=end,
            message=(
                f'Config(signature_version="{name}") selects Signature Version 2, which regions '
                "that came after 2013 refuse."
            ),
            level=level,
            subject=f"{call.callee}({name})",
            fix=fix,
        )


def _may_go_elsewhere(module: Module) -> bool:
    """Tell whether a client may be one of another store; old ones may know nothing else.

    Where the module makes none, who uses the ``Config`` is not seen.
    """
    if b"endpoint_url" in module.text.lower():
        return True
    return not any(call.is_aws for call in module.callees.named(CLIENTS))
