"""IAC125: trust policies whose conditions no token of the provider can meet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Optional

from credlint.code.marked.document import MarkedDocument
from credlint.code.marked.edits import replace_scalar
from credlint.code.marked.nodes import Node, Scalar
from credlint.code.policies.providers import UNKNOWN, provider_of
from credlint.code.policies.statements import Condition, Trust, trusts_in
from credlint.code.policies.subjects import faults_of, shown
from credlint.code.sighting import Context, Sighting, as_notes
from credlint.model.fix import FileEdits, Fix

_EXACT = ("stringequals", "stringequalsignorecase")
# In China's partition the audience is another one; see the action's README.
_AUDIENCES = ("sts.amazonaws.com", "sts.amazonaws.com.cn")


def check(document: MarkedDocument, context: Context) -> Iterator[Sighting]:
    """Yield the conditions that no token meets."""
    for root in document.roots:
        yield from as_notes(impossible_trusts(root, document.syntax), context)


def impossible_trusts(root: Node, syntax: str) -> Iterator[Sighting]:
    """Yield likewise for the policies of one tree; ``syntax``: that of edits, "" for none."""
    seen: set[int] = set()
    for trust in trusts_in(root):
        for condition in trust.conditions:
            if condition.key.start in seen:
                continue
            seen.add(condition.key.start)
            yield from _of_key(trust, condition)
            if condition.claim == "sub" and condition.restricts:
                yield from _of_subject(trust, condition, syntax)
            elif condition.claim == "aud" and condition.operator in _EXACT:
                yield from _of_audience(trust, condition, syntax)


def _of_key(trust: Trust, condition: Condition) -> Iterator[Sighting]:
    """Keys begin with the issuer without its scheme."""
    issuer = condition.issuer
    if UNKNOWN in issuer or condition.claim not in ("sub", "aud"):
        return
    bare = re.sub(r"\Ahttps?://|/\Z", "", issuer)
    known = provider_of(bare)
    if known is None or (bare == issuer and known is trust.provider):
        return
    wrong = "has a scheme or a slash too much" if bare != issuer else f"is one of {known.title}"
    yield Sighting(
        condition.key.start,
        condition.key.end,
        f'The condition key "{condition.key.value}" {wrong}, so no token of '
        f"{trust.provider.title} has it and nobody can become this role.",
        subject=f"{trust.provider.title} {condition.claim} key",
    )


def _of_subject(trust: Trust, condition: Condition, syntax: str) -> Iterator[Sighting]:
    if condition.operator in _EXACT:
        wild = [(place, text) for place, text in condition.values if "*" in text or "?" in text]
        if wild:
            place, text = wild[0]
            yield Sighting(
                place.start,
                place.end,
                f'{condition.written.value} takes the wildcard in "{shown(text)}" as it is '
                "written, so no token matches.",
                subject=f"{trust.provider.title} operator",
                fix=_to_like(trust, condition, syntax),
                remedy="Use `StringLike` for subjects with wildcards.",
            )
            return
    for place, text in condition.values:
        is_exact = condition.operator in _EXACT or not any(sign in text for sign in "*?")
        told = next(faults_of(trust.provider.title, text, is_exact=is_exact), None)
        if told is not None:
            level, message = told
            yield Sighting(
                place.start,
                place.end,
                message,
                level=level,
                subject=f"{trust.provider.title} subject {shown(text)}",
            )


def _of_audience(trust: Trust, condition: Condition, syntax: str) -> Iterator[Sighting]:
    wanted = trust.provider.audience
    texts = [text for _, text in condition.values]
    if not wanted or not texts or any(t in _AUDIENCES or UNKNOWN in t for t in texts):
        return
    place, text = condition.values[0]
    is_misspelt = "amazonaws" in text
    which = "aws-actions/configure-aws-credentials" if trust.provider.title == "GitHub" else "EKS"
    fix = None
    if syntax and len(texts) == 1 and place.value is not None:
        edit = replace_scalar(place, wanted, syntax)
        fix = Fix("unsafe", f"Ask for the audience {wanted}.", (FileEdits("", (edit,)),))
    yield Sighting(
        place.start,
        place.end,
        f'The trust policy asks {trust.provider.title} for the audience "{shown(text)}", but '
        f"{which} asks for {wanted} unless it is told another one.",
        level=None if is_misspelt else "warning",
        subject=f"{trust.provider.title} audience",
        fix=fix,
    )


def _to_like(trust: Trust, condition: Condition, syntax: str) -> Optional[Fix]:
    """Return the exchange of the operator; there may be one of that name, which would be lost."""
    written = condition.written.value or ""
    new = re.sub(r"(?i)StringEquals(?:IgnoreCase)?", "StringLike", written)
    names = {e.key.value for e in trust.condition.entries} if trust.condition else set()
    if not syntax or new in names or not isinstance(condition.written, Scalar):
        return None
    edit = replace_scalar(condition.written, new, syntax)
    summary = f"Compare with {new}, which knows wildcards."
    return Fix("unsafe", summary, (FileEdits("", (edit,)),))
