"""The chains as a person reads them: the answer first, then who was asked in which order."""

from __future__ import annotations

from typing import Optional

from credlint.model.sdk_names import sdk_name
from credlint.model.trace import Offer, RegionChoice, Step, Trace
from credlint.report.chain_groups import ChainGroup, hidden_steps, used_source
from credlint.report.clean import for_terminal
from credlint.report.identity_words import PLACE_OF, identity, key_kind, place_of_profile, sentence
from credlint.report.layout import STATUS_STYLES, Painter, wrap
from credlint.report.names import account_of, join_names, role_name, source_name

_MARKS = {"selected": ">", "broken": "!"}
_SHOWN_HIDDEN = 2


def headline(group: ChainGroup) -> list[str]:
    """Return the answer in one to three sentences: who uses what, and what is never used."""
    trace = group.trace
    names = join_names(sdk_name(sdk) for sdk in group.sdks)
    one = len(group.sdks) == 1
    step = trace.winner
    if trace.outcome == "error" and trace.error is not None:
        when = " at the first request" if trace.error.at_first_use else ""
        verb = "stops" if one else "stop"
        return [f"{names} {verb}{when} with {trace.error.name}: {sentence(trace.error.message)}"]
    if trace.outcome == "undecided":
        return [_doubt(names, step, one=one), *unused(trace)]
    if trace.outcome == "none" or step is None:
        return [f"{names} {'finds' if one else 'find'} no credentials.", *unused(trace)]
    answer = f"{names} {'uses' if one else 'use'} {identity(step)}."
    return [answer, *_failing(step), *unused(trace)]


def _doubt(names: str, step: Optional[Step], *, one: bool) -> str:
    """Return what is not certain: nothing here may read like an answer."""
    if step is None:
        verb = "is" if one else "are"
        return f"{names} {verb} undecided: what is used cannot be told from here."
    if step.offer is None:
        asks = f"{'asks' if one else 'ask'} the source {source_name(step.source)}"
        why = f": {sentence(step.detail)}" if step.detail else "."
        return f"{names} {asks}; whether it gives credentials cannot be told from here{why}"
    return f"{names} would use {identity(step)}; whether that works cannot be told from here."


def _failing(step: Step) -> list[str]:
    if step.error is None:
        return []
    when = " at the first request" if step.error.at_first_use else ""
    return [f"This fails{when} with {step.error.name}: {sentence(step.error.message)}"]


def unused(trace: Trace) -> list[str]:
    """Return what has credentials and is never used, as a sentence, or nothing."""
    names = [_short_name(step) for step in hidden_steps(trace)]
    if not names:
        return []
    if len(names) > _SHOWN_HIDDEN:
        names = [*names[:_SHOWN_HIDDEN], f"{len(names) - _SHOWN_HIDDEN} more"]
    text = join_names(names)
    return [f"{text[0].upper()}{text[1:]} {'is' if len(names) == 1 else 'are'} never used."]


def _short_name(step: Step) -> str:
    offer = step.offer
    if step.source == "imds" and offer is not None and offer.role:
        return f"instance role {role_name(offer.role)}"
    if offer is not None and offer.role:
        return f"role {role_name(offer.role)}"
    if offer is not None and offer.key_id is not None:
        place = PLACE_OF.get(step.source) or place_of_profile(step)
        return f"the key {offer.key_id.display()} {place}"
    if offer is not None and offer.profile:
        return f"profile {offer.profile} ({source_name(step.source)})"
    return f"the {source_name(step.source)}"


def chain_lines(
    group: ChainGroup, painter: Painter, width: int, *, verbose: bool, title: bool
) -> list[str]:
    """Return the chain in the SDK's order.

    Sources with nothing in them are folded into one line unless ``verbose``; the numbers are
    the places in the order, so a gap shows where they stood.
    """
    trace = group.trace
    lines = []
    if title:
        lines.append(painter.paint(join_names(sdk_name(sdk) for sdk in group.sdks), "bold"))
    told = [
        (number, step)
        for number, step in enumerate(trace.steps, start=1)
        if verbose or not _is_folded(step)
    ]
    columns = (
        max((len(for_terminal(source_name(step.source))) for _, step in told), default=0),
        max((len(_status_words(step, trace)) for _, step in told), default=0),
    )
    for number, step in told:
        lines += _step_lines(number, step, _status_words(step, trace), columns, painter, width)
    if not verbose:
        for status, label in (("absent", "not set up"), ("not-reached", "not reached")):
            folded_steps = [s for s in trace.steps if s.status == status and _is_folded(s)]
            names = [source_name(step.source) for step in folded_steps]
            if names:
                folded = wrap(f"{label}: {'; '.join(names)}", width, " " * 6, " " * 8)
                lines += [painter.paint(line, "dim") for line in folded]
    lines += _region_lines(group, width)
    notes = dict.fromkeys(
        note for told in group.traces if verbose or _is_odd(told) for note in told.notes
    )
    for note in notes:
        lines += wrap(note, width, " " * 6, " " * 8)
    return lines


def _is_folded(step: Step) -> bool:
    """Tell whether there is nothing to say of a source: variables set to nothing are something."""
    if step.source == "env" and step.status == "absent":
        return step.location is None
    return step.status in ("absent", "not-reached")


def _is_odd(trace: Trace) -> bool:
    """Tell whether the notes may explain something; otherwise they are general knowledge."""
    region = trace.region
    return trace.outcome != "selected" or (region.value is None and region.source != "program")


def _status_words(step: Step, trace: Trace) -> str:
    """Return the status in words; a source that the winning role is assumed with serves it."""
    if step.status == "shadowed" and trace.winner and step.source == used_source(trace):
        return f"used by {trace.steps.index(trace.winner) + 1}"
    return step.status.replace("-", " ")


def _step_lines(
    number: int, step: Step, words: str, columns: tuple[int, int], painter: Painter, width: int
) -> list[str]:
    name = for_terminal(source_name(step.source)).ljust(columns[0])
    head = f" {_MARKS.get(step.status, ' ')}{number:>2}  {name}  "
    status = words.ljust(columns[1])
    indent = " " * (len(head) + len(status) + 2)
    told = wrap(_told(step), width, indent, indent) or [indent]
    styles = [STATUS_STYLES.get(step.status, "dim")]
    if step.status == "selected":
        styles.append("bold")
    first = f"{head}{painter.paint(status, *styles)}  {told[0][len(indent) :]}".rstrip()
    return [first, *told[1:]]


def _told(step: Step) -> str:
    """Return the identity of an offer and its place, else the detail; errors name the class."""
    parts = []
    if step.offer is not None:
        parts += _facts(step.offer)
        if step.location is not None and step.location.kind == "file":
            parts.append(step.location.display())
    if step.error is not None:
        parts = [f"{step.error.name}: {step.error.message}", *parts]
        if step.error.location is not None and step.error.location.kind == "file":
            parts.append(step.error.location.display())
    return ", ".join(dict.fromkeys(parts)) or step.detail


def _facts(offer: Offer) -> list[str]:
    account = account_of(offer)
    facts: list[Optional[str]] = [
        f"role {role_name(offer.role)}" if offer.role else None,
        offer.key_id.display() if offer.key_id else None,
        key_kind(offer) or None,
        f"account {account}" if account else None,
        f"profile {offer.profile}" if offer.profile else None,
    ]
    return [fact for fact in facts if fact]


def _region_lines(group: ChainGroup, width: int) -> list[str]:
    regions: dict[RegionChoice, list[str]] = {}
    for trace in group.traces:
        regions.setdefault(trace.region, []).append(trace.sdk)
    lines = []
    for region, sdks in regions.items():
        who = ""
        if len(regions) > 1:
            verb = "uses" if len(sdks) == 1 else "use"
            who = f"{join_names(sdk_name(sdk) for sdk in sdks)} {verb} "
        lines += wrap(f"region: {who}{_region(region)}", width, " " * 6, " " * 8)
    return lines


def _region(region: RegionChoice) -> str:
    unused = "".join(
        f"; {value} in {source_words(source)} is unused"
        for source, value in region.ignored
        if value != region.value
    )
    if region.source == "program":
        return "what the program says, this chain gives none"
    if region.value is None:
        return f"none{unused}"
    return f"{region.value} from {source_words(region.source or 'an unknown place')}{unused}"


def source_words(source: str) -> str:
    """Return a region's source for people: ``env:AWS_REGION`` gives ``AWS_REGION``."""
    head, _, name = source.partition(":")
    if head == "env" and name:
        return name
    if head == "profile" and name:
        return f"profile {name}"
    words = {"imds": "the instance metadata service", "fallback": "the SDK itself"}
    return words.get(source, source)
