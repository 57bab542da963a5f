"""Why a source does not win and what would make it, for people."""

from __future__ import annotations

from credlint.model.sdk_names import sdk_name
from credlint.model.why_not import WhyNot
from credlint.report.identity_words import sentence
from credlint.report.layout import Painter, count, wrap
from credlint.report.names import join_names, source_name

_MARGIN = " " * 2


def why_not_lines(answers: tuple[WhyNot, ...], painter: Painter, width: int) -> list[str]:
    """Return the answers; SDKs that need the same are told together."""
    groups: dict[tuple[object, ...], list[WhyNot]] = {}
    for one in answers:
        key = (one.source, one.answer, one.changes, one.needs, one.reason)
        groups.setdefault(key, []).append(one)
    lines: list[str] = []
    for group in groups.values():
        names = join_names(sdk_name(one.sdk) for one in group)
        head = f"{source_name(group[0].source)} for {names}: {_verdict(group[0])}"
        lines += [painter.paint(line, "bold") for line in wrap(head, width, rest=_MARGIN)]
        numbered = (*group[0].changes,)
        for number, change in enumerate(numbered, start=1):
            lines += wrap(change.text, width, f"{_MARGIN}{number}. ", _MARGIN + "   ")
        for need in group[0].needs:
            lines += wrap(f"and only where {sentence(need)}", width, _MARGIN, _MARGIN * 2)
    return lines


def _verdict(answer: WhyNot) -> str:
    if answer.answer == "wins":
        return "it wins already."
    if answer.answer == "impossible":
        return sentence(f"nothing that can be changed here would do: {answer.reason}")
    if not answer.changes:
        return "nothing stands in its way."
    return f"it would win after {count(len(answer.changes), 'change')}:"
