"""What is said of an access key id and of a secret key, and how bad each is."""

from __future__ import annotations

from typing import Optional

from credlint.model.finding import Level
from credlint.model.secret import Secret
from credlint.secrets.aws.key_ids import IdFacts, account_properties, account_words
from credlint.secrets.aws.moments import expiry_words, shown
from credlint.secrets.aws.secret_keys import speaks_of_aws
from credlint.secrets.candidate import Candidate, Match, Relation, TextView

# Which half of a key it is, and whether the other half stands in the same file; the halves of
# neighbouring files are joined by these (``pipeline/neighbours.py``).
_ID, _SECRET = ("half", "key-id"), ("half", "secret-key")
_PAIRED, _ALONE = ("pair", "here"), ("pair", "none")


def id_candidate(
    match: Match, facts: IdFacts, partner: Optional[Match], view: TextView
) -> Candidate:
    """Return the finding's substance for an id; ``partner``: its secret key, where there is one."""
    kind = "Temporary AWS" if facts.temporary else "AWS"
    message = f"{kind} access key id {facts.shown}{account_words(facts.account, view)}"
    related: tuple[Relation, ...] = ()
    if partner is not None:
        message += f" with its secret key {_where(partner, match, view)}."
        related = (Relation(partner.start, partner.end, f"the secret key of {facts.shown}"),)
    elif not facts.plausible:
        message += ". AWS issues none of this structure, so it is probably made up."
    else:
        message += " without a secret key in this file."
    return Candidate(
        pattern=match.pattern,
        start=match.start,
        end=match.end,
        value=Secret(match.text),
        level=_id_level(facts, paired=partner is not None),
        message=_with(message, facts.canary, expiry_words(facts.expires, view)),
        subject=facts.shown,
        properties=(
            ("kind", "temporary" if facts.temporary else "long-term"),
            *_properties(facts, view),
            _ID,
            _ALONE if partner is None else _PAIRED,
        ),
        related=related,
    )


def _id_level(facts: IdFacts, *, paired: bool) -> Level:
    if facts.harmless:
        return "note"
    if paired:
        return "error" if facts.plausible else "warning"
    return "warning" if facts.plausible else "note"


def secret_candidate(
    match: Match, partner: Optional[tuple[Match, IdFacts]], view: TextView
) -> Candidate:
    """Return the finding's substance for a secret key; ``partner``: its id, where there is one."""
    base = Candidate(
        pattern=match.pattern,
        start=match.start,
        end=match.end,
        value=Secret(match.text),
        level="error",
        message="AWS secret access key, assigned to a name that says so.",
        subject="AWS secret access key",
        properties=(_SECRET, _ALONE),
    )
    if partner is not None:
        key_id, facts = partner
        message = f"AWS secret access key of {facts.shown} ({_where(key_id, match, view)})."
        return base.changed(
            level="note" if facts.harmless else "error",
            message=_with(message, facts.canary, expiry_words(facts.expires, view)),
            subject=facts.shown,
            properties=(*_properties(facts, view), _SECRET, _PAIRED),
            related=(Relation(key_id.start, key_id.end, f"the access key id {facts.shown}"),),
        )
    if match.pattern.options.get("named") == "by-path":
        return base.changed(message="AWS secret access key: all that a file of this name holds.")
    if match.pattern.options.get("named") in ("weakly", "in-context"):
        if not speaks_of_aws(match, view):
            return base.changed(
                level="warning",
                message="Secret key with the form of an AWS secret access key.",
                subject="secret key",
            )
        return base.changed(
            message="AWS secret access key, by its form, its name and what stands around."
        )
    return base


def _properties(facts: IdFacts, view: TextView) -> list[tuple[str, str]]:
    properties = account_properties(facts.account, view)
    if facts.canary:
        properties.append(("canary", "yes"))
    if facts.expires is not None:
        properties.append(("expires", shown(facts.expires)))
    return properties


def _where(other: Match, match: Match, view: TextView) -> str:
    line = view.lines.line_of(other.start)
    return "beside it" if line == view.lines.line_of(match.start) else f"on line {line}"


def _with(*sentences: str) -> str:
    return " ".join(sentence for sentence in sentences if sentence)
