"""Private keys that are one short text, or an armour of hex: age, NATS, OpenVPN."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from credlint.model.finding import Level
from credlint.model.secret import Secret
from credlint.secrets.candidate import Candidate, Match, TextView
from credlint.secrets.checksums import CHECKSUMS
from credlint.secrets.randomness import entropy

_MASK = re.compile(r"(?:X+|x+)\Z")
_SEED_ENTROPY = 3.5
# 2,048 bits (OpenVPN manual, --secret), and what a wrapped tls-crypt-v2 client key has at least.
_LEAST_DIGITS = 256
_LONGEST_ARMOUR = 8192
_ARMOURED = re.compile(
    rb"((?:(?:\\[nr]|[\r\n])[ \t#>\"'+]{0,24}[A-Za-z0-9+/=]{16,128}[ \t\"'+,;]{0,8}){1,60})"
)
_DIGITS = re.compile(rb"(?<=[\r\nnr \t\"'#>])[A-Za-z0-9+/=]{16,128}")


def inspect_checked_keys(matches: Sequence[Match], view: TextView) -> Iterator[Candidate]:
    """Judge keys that carry a checksum; with a wrong one they are notes."""
    del view
    for match in matches:
        options = match.pattern.options
        label = str(options["label"])
        valid = CHECKSUMS[str(options["checksum"])](match.text)
        tail = match.text[match.text.rfind("-1") + 2 :] if "-1" in match.text else match.text
        floor = float(options.get("min_entropy", _SEED_ENTROPY))
        if not valid and (_MASK.match(tail) or entropy(match.text) < floor):
            continue
        level: Level = match.pattern.rule.level if valid else "note"  # type: ignore[assignment]
        words = "with a valid checksum" if valid else "with a wrong checksum: cut or made up"
        yield Candidate(
            pattern=match.pattern,
            start=match.start,
            end=match.end,
            value=Secret(match.text),
            level=level,
            message=f"{label} {words}.",
            subject=match.pattern.spec.id,
            properties=(
                ("kind", match.pattern.spec.id),
                ("checksum", "valid" if valid else "invalid"),
            ),
        )


def inspect_armoured_keys(matches: Sequence[Match], view: TextView) -> Iterator[Candidate]:
    """Judge the opening lines of OpenVPN's keys by what follows."""
    for match in matches:
        found = _ARMOURED.match(view.data, match.end, match.end + _LONGEST_ARMOUR)
        if found is None:
            continue
        digits = b"".join(_DIGITS.findall(found.group(1))).decode()
        if len(digits) < _LEAST_DIGITS or entropy(digits) < _SEED_ENTROPY:
            continue
        yield Candidate(
            pattern=match.pattern,
            start=match.start,
            end=found.end(),
            value=Secret(digits),
            level=match.pattern.rule.level,  # type: ignore[arg-type]
            message=f"{match.pattern.options['label']}.",
            subject=match.pattern.spec.id,
            properties=(("kind", match.pattern.spec.id),),
        )
