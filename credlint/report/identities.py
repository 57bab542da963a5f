"""Which SDKs come to which identity on this host, and in one sentence each why not the same."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Optional

from credlint.model.lean_dataclasses import dataclass
from credlint.model.sdk_names import sdk_name
from credlint.model.trace import Step, Trace, source_kind
from credlint.report.identity_words import identity, sentence
from credlint.report.names import join_names, source_name


@dataclass(frozen=True)
class Identity:
    """SDKs that would act as one and the same.

    ``outcome``: selected, error (they stop, or their first request fails), none, undecided.
    ``words``: what they use, for people. ``reasons``: which of them differ from the SDKs of the
    first identity and why: SDK ids and a sentence each.
    """

    outcome: str
    words: str
    traces: tuple[Trace, ...]
    reasons: tuple[tuple[tuple[str, ...], str], ...] = ()

    @property
    def sdks(self) -> tuple[str, ...]:
        """Return the ids of its SDKs."""
        return tuple(trace.sdk for trace in self.traces)


def group_identities(traces: Iterable[Trace]) -> tuple[Identity, ...]:
    """Return the identities, the one of most SDKs first; those that fail or have none last."""
    groups: dict[tuple[Optional[str], ...], list[Trace]] = {}
    for trace in traces:
        groups.setdefault(trace.identity, []).append(trace)
    order = ("selected", "undecided", "none", "error")
    ranked = sorted(
        groups.values(), key=lambda group: (order.index(group[0].outcome_at_use), -len(group))
    )
    if not ranked:
        return ()
    lead = ranked[0][0]
    return tuple(_identity(group, lead, first=number == 0) for number, group in enumerate(ranked))


def _identity(group: list[Trace], lead: Trace, *, first: bool) -> Identity:
    outcome = group[0].outcome_at_use
    step = group[0].winner
    if outcome == "error":
        words = "would fail"
    elif outcome == "none":
        words = "find no credentials"
    elif outcome == "undecided" or step is None:
        words = "cannot be told from here"
    else:
        words = identity(step)
    reasons: dict[str, list[str]] = {}
    for trace in group:
        if not first or outcome != "selected":
            reasons.setdefault(_reason(trace, lead), []).append(trace.sdk)
    told = tuple((tuple(sdks), _told(sdks, text)) for text, sdks in reasons.items() if text)
    return Identity(outcome, words, tuple(group), told)


def _told(sdks: list[str], text: str) -> str:
    """Return the sentence about some SDKs; ``[ask|asks]`` is the verb for several and for one."""
    names = join_names(sdk_name(sdk) for sdk in sdks)
    if not text.startswith("["):
        return f"{names}: {text}"
    verbs, _, rest = text[1:].partition("]")
    several, _, one = verbs.partition("|")
    return f"{names} {one if len(sdks) == 1 else several}{rest}"


def _reason(trace: Trace, lead: Trace) -> str:
    """Return why an SDK comes to something else than the leading one."""
    error = trace.error or (trace.winner.error if trace.winner else None)
    if error is not None:
        when = " at the first request" if error.at_first_use else ""
        return f"[stop|stops]{when} with {error.name}: {sentence(error.message)}"
    if trace.outcome == "undecided":
        told = trace.winner.detail if trace.winner else next(iter(trace.notes), "")
        return sentence(told or "the facts at hand do not tell")
    wanted = lead.winner
    if wanted is None or trace is lead:
        return ""
    return _against(trace, lead, wanted)


def _against(trace: Trace, lead: Trace, wanted: Step) -> str:
    name = source_name(wanted.source)
    step = _counterpart(trace, wanted)
    if step is None:
        return f"[do not know|does not know] this source: {name}."
    if step.status == "broken" and step.error is not None:
        return f"[pass over|passes over] {source_name(step.source)}: {sentence(step.error.message)}"
    if step.status in ("absent", "not-reached"):
        return f"{source_name(step.source)}: {sentence(step.detail)}"
    if trace.winner is not None and step is not trace.winner:
        return f"[ask|asks] {source_name(trace.winner.source)} before {source_name(step.source)}."
    if trace.profile != lead.profile:
        return f"[select|selects] the profile {trace.profile or '(empty)'} ({_named_by(trace)})."
    return sentence(step.detail)


def _named_by(trace: Trace) -> str:
    kind, _, name = trace.profile_source.partition(":")
    return name if kind == "env" else {"option": "named explicitly"}.get(kind, "by default")


def _counterpart(trace: Trace, wanted: Step) -> Optional[Step]:
    """Return the step in which this SDK meets what the leading one uses."""
    exact = trace.step(wanted.source)
    if exact is not None:
        return exact
    same = [step for step in trace.steps if source_kind(step.source) == source_kind(wanted.source)]
    met = [step for step in same if step.offer is not None or step.error is not None]
    return next(iter((*met, *same)), None)
