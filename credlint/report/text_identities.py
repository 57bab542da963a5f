"""The table of identities, for people: how many SDKs would be whom, which, and why."""

from __future__ import annotations

from collections.abc import Iterable

from credlint.model.sdk_names import sdk_name
from credlint.model.trace import Trace
from credlint.report.identities import Identity
from credlint.report.layout import Painter, wrap
from credlint.report.names import join_names
from credlint.report.text_chain import unused

_MARGIN = " " * 2
_STYLES = {"error": "red", "none": "yellow", "undecided": "yellow"}


def identity_lines(identities: tuple[Identity, ...], painter: Painter, width: int) -> list[str]:
    """Return the table, then the reasons."""
    total = sum(len(one.sdks) for one in identities)
    lines = [painter.paint(f"The {total} SDKs do not agree on this host:", "bold"), ""]
    digits = len(str(total))
    for one in identities:
        count = str(len(one.sdks)).rjust(digits)
        indent = _MARGIN + " " * (digits + 2)
        words, *rest = wrap(one.words, width, f"{_MARGIN}{count}  ", indent)
        styles = ("bold", *((_STYLES[one.outcome],) if one.outcome in _STYLES else ()))
        lines += [painter.paint(line, *styles) for line in (words, *rest)]
        lines += wrap(join_names(sdk_name(sdk) for sdk in one.sdks), width, indent, indent)
        for hidden in unused(one.traces[0]) if one.outcome == "selected" else ():
            lines += wrap(hidden, width, indent, indent)
    reasons = [text for one in identities for _, text in one.reasons]
    if reasons:
        lines += ["", "Why not all alike:"]
        for text in reasons:
            lines += wrap(text, width, _MARGIN, _MARGIN * 2)
    return lines


def source_only(traces: Iterable[Trace], width: int) -> list[str]:
    """Return which chains were modelled from source alone, without a run to prove them."""
    unproven = [trace.sdk for trace in traces if trace.verified == "source"]
    if not unproven:
        return []
    names = join_names(sdk_name(sdk) for sdk in unproven)
    return wrap(f"Read from source, not proven by a run: {names}.", width, "", _MARGIN)
