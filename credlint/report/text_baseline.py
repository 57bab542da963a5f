"""The list of ``credlint baseline audit`` for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from credlint.model.baseline import AuditedEntry
from credlint.report.clean import for_terminal
from credlint.report.layout import count

_SHOWN_PLACES = 3


def audit_lines(rows: Sequence[AuditedEntry], name: str) -> Iterator[str]:
    """Yield a block of two lines for each entry and one line for all."""
    faults: Counter[str] = Counter()
    for row in rows:
        entry = row.entry
        faults.update(row.faults)
        until = f" until {entry.until}" if entry.until else ""
        marks = f"  [{', '.join(row.faults)}]" if row.faults else ""
        yield for_terminal(f"{entry.code} {entry.digest}{until}{marks}")
        yield for_terminal(f"  in {_places(row)}")
        if entry.reason:
            yield for_terminal(f"  reason: {entry.reason}")
    told = [f"{number:,} {fault}" for fault, number in sorted(faults.items())]
    yield for_terminal(
        f"{name}: {count(len(rows), 'entry', 'entries')}"
        + (f" ({', '.join(told)})" if told else "")
    )


def _places(row: AuditedEntry) -> str:
    if not row.places:
        was = f"; it was in {row.entry.place}" if row.entry.place else ""
        if not row.judged:
            return f"no place: this run is without {row.entry.code}{was}"
        return f"no place of this tree{was}"
    told = ", ".join(place.display() for place in row.places[:_SHOWN_PLACES])
    more = len(row.places) - _SHOWN_PLACES
    return f"{told} and {count(more, 'more place')}" if more > 0 else told
