"""SRC116: literal keys of S3 given to what reads data: s3fs, pandas, polars, Spark, DuckDB."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Optional

from credlint.code.addresses import is_of_aws
from credlint.code.issued_keys import is_issued
from credlint.code.python.module import Module
from credlint.code.python.signatures import KINDS
from credlint.code.python.storage_calls import Given, iter_given
from credlint.code.sighting import Context, Sighting
from credlint.model.finding import Level
from credlint.model.key_id import parse_key_id


def check(module: Module, context: Context) -> Iterator[Sighting]:
    """Yield the calls and settings that hold literal keys."""
    for given in iter_given(module):
        if not given.literals:
            continue
        judged = _level(module, context, given)
        if judged is not None:
            yield _sighting(module, context, given, *judged)


def _level(module: Module, context: Context, given: Given) -> Optional[tuple[Level, str]]:
    """Return level and reason, None for what may be no key at all."""
    literals = given.literals
    real = [
        name for name, literal in literals.items() if is_issued(KINDS[name], literal.value.reveal())
    ]
    if not real:
        is_pair = {"aws_access_key_id", "aws_secret_access_key"} <= literals.keys()
        if context.is_test or not is_pair:
            return None
        return "note", "The values have not the form that AWS issues: made up, or of another store."
    if given.endpoint is not None:
        url = module.evaluate.text(given.endpoint, given.scope)
        if url is None or not is_of_aws(url.value.reveal()):
            return "warning", "The endpoint is another than AWS'."
    if "aws_secret_access_key" not in real and "aws_session_token" not in real:
        return "warning", "The secret key itself is not spelled out here."
    if all(literals[name].is_fallback for name in real):
        return "warning", "They hold where nothing else is given."
    return "error", ""


def _sighting(
    module: Module, context: Context, given: Given, level: Level, reason: str
) -> Sighting:
    from credlint.code.python.storage_fix import drop_given  # noqa: PLC0415  where there is a finding

    literals = given.literals
    names = ", ".join(given.written[name] for name in literals)
    message = f"{given.owner} is given hard-coded keys of S3 ({names}), which come before any role."
    first = min(literals, key=lambda name: ("secret" not in name, "token" not in name))
    key_id = literals.get("aws_access_key_id")
    facts = parse_key_id(key_id.value.reveal()) if key_id is not None else None
    start, end, _ = given.span
    places = {
        id(literal.node): module.span(literal.node, f"the literal for {given.written[name]}")
        for name, literal in literals.items()
    }
    return Sighting(
        start,
        end,
        f"{message} {reason}".rstrip(),
        level=level,
        subject=f"{given.owner}({names})",
        literals=tuple(places.values()),
        value=literals[first].value,
        properties=(("account", facts.account),) if facts is not None and facts.account else (),
        fix=drop_given(module, context, given) if level in ("error", "warning") else None,
    )
