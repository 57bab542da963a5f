"""IAC124: roles that tokens of other repositories, projects or pods can become."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Optional

from credlint.code.marked.document import MarkedDocument
from credlint.code.marked.nodes import Node
from credlint.code.policies.providers import UNKNOWN, is_of_all_of_one, is_of_everybody
from credlint.code.policies.statements import Condition, Trust, trusts_in
from credlint.code.sighting import Context, Sighting, as_notes
from credlint.model.finding import Level


def check(document: MarkedDocument, context: Context) -> Iterator[Sighting]:
    """Yield the statements that let in more than one repository, project or service account."""
    for root in document.roots:
        yield from as_notes(broad_trusts(root), context)


def broad_trusts(root: Node) -> Iterator[Sighting]:
    """Yield likewise for the policies of one tree, wherever it comes from."""
    for trust in trusts_in(root):
        sighting = _judged(trust)
        if sighting is not None:
            yield sighting


def _judged(trust: Trust) -> Optional[Sighting]:
    provider = trust.provider
    narrowing = [c for c in trust.conditions if c.restricts and c.claim != "aud" and c.issuer]
    if trust.refuses:
        return None  # what is refused may be all the others
    # STS knows further claims of the provider since 2026-01 (AWS What's New, "AWS STS supports
    # validation of identity provider claims"), so each of them may be what narrows it.
    # Keys of AWS itself (aws:SourceIp, aws:PrincipalTag …) do not tell repositories apart.
    narrowing = [c for c in narrowing if c.issuer.lower() not in ("aws", "sts", "")]
    if not narrowing:
        others = f"any {provider.who} of any customer" if provider.is_shared else _own(trust)
        said = "only the audience" if trust.conditions else "no condition at all"
        return _sighting(
            trust,
            f"The trust policy for {provider.title} asks for no subject ({said}): {others} can "
            "become this role.",
            None if provider.is_shared else "warning",
        )
    firm = [c for c in narrowing if not c.is_lenient]
    judged = [(_worst(trust, condition), condition) for condition in firm or narrowing]
    # All conditions must be met, so the narrowest decides.
    (rank, pattern), condition = min(judged, key=lambda each: each[0][0])
    if rank == _EVERYBODY:
        return _sighting(
            trust,
            f'The trust policy for {provider.title} accepts the subject "{pattern}": '
            f"a {provider.who} of any customer can become this role.",
            None,
            condition,
        )
    if rank == _ALL_OF_ONE:
        return _sighting(
            trust,
            f'The trust policy for {provider.title} accepts the subject "{pattern}": '
            f"{_own(trust)} can become this role.",
            "warning",
            condition,
        )
    if not firm:
        return _sighting(
            trust,
            f"The trust policy for {provider.title} limits the subject only with "
            f"{condition.written.value}, which a request without that claim meets, too.",
            "warning",
            condition,
        )
    return None


_NARROW, _ALL_OF_ONE, _EVERYBODY = range(3)


def _worst(trust: Trust, condition: Condition) -> tuple[int, str]:
    """Return how much a condition lets in, by the widest of its values, and that value."""
    worst = (_NARROW, "")
    if condition.claim not in ("sub", "repository_owner", "repository_owner_id"):
        return worst
    for _, text in condition.values:
        shown = text.replace(UNKNOWN, "…")
        if condition.claim != "sub":
            worst = max(worst, (_ALL_OF_ONE, shown))
        elif "like" not in condition.operator:
            continue  # wildcards mean nothing there, see IAC125
        elif is_of_everybody(trust.provider, text):
            worst = max(worst, (_EVERYBODY, shown))
        elif is_of_all_of_one(trust.provider, text):
            worst = max(worst, (_ALL_OF_ONE, shown))
    return worst


def _own(trust: Trust) -> str:
    place = "cluster" if trust.provider.title == "EKS" else "owner"
    if trust.provider.title in ("CircleCI", "Bitbucket"):
        place = "organisation" if trust.provider.title == "CircleCI" else "workspace"
    return f"every {trust.provider.who} of the {place}"


def _sighting(
    trust: Trust, message: str, level: Optional[Level], condition: Optional[Condition] = None
) -> Sighting:
    place = condition.values[0][0] if condition is not None and condition.values else trust.told
    if condition is not None:
        for scalar, text in condition.values:
            if text.replace(UNKNOWN, "…") in message:
                place = scalar
                break
    return Sighting(
        place.start,
        place.end,
        message,
        level=level,
        subject=f"{trust.provider.title} trust",
    )
