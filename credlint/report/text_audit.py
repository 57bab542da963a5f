"""The part of the text report that only an audit has: services first, then keys."""

from __future__ import annotations

from credlint.model.answer import AuditAnswer, KeyStory, ServiceAnswer
from credlint.model.sdk_names import sdk_name
from credlint.report.layout import Painter, count, wrap
from credlint.report.names import join_names

_MARGIN, _DEEP = " " * 2, " " * 4
_SHOWN_KEYS = 10
_SHOWN_PLACES = 6
_SHOWN_NAMES = 8
# Subjects that do not run.
_STATED = ("unit/", "cron/")


def audit_lines(
    answer: AuditAnswer, painter: Painter, width: int, *, verbose: bool
) -> list[list[str]]:
    """Return the blocks that stand before the findings."""
    blocks = [_services(answer, painter, width, verbose=verbose)]
    keys = [one for one in answer.keys if verbose or len({p.uri for p in one.places}) > 1]
    if keys:
        blocks.append(_keys(keys, painter, width, verbose=verbose))
    return blocks


def _services(answer: AuditAnswer, painter: Painter, width: int, *, verbose: bool) -> list[str]:
    others = [one for one in answer.services if one.verdict == "other"]
    subjects = {
        one.subject: one.services for one in answer.services if not one.subject.startswith(_STATED)
    }
    lines = wrap(_headline(answer, others, sum(subjects.values())), width, rest=_MARGIN)
    lines = [painter.paint(line, "bold") for line in lines]
    for one in others:
        sdks = "" if one.every else f" ({join_names(sdk_name(sdk) for sdk in one.sdks)})"
        lines += wrap(f"{one.name} of {one.user}: {one.used}{sdks}", width, _MARGIN, _DEEP)
        if one.told:
            lines += wrap(one.told, width, _DEEP, _DEEP + "  ")
    for verdict, words in (
        ("stopped", "Not running, would take"),
        ("idle", "No sign of AWS; an SDK would take"),
    ):
        lines += _apart(answer, verdict, words, width, verbose=verbose)
    for verdict, words in (
        ("role", f"Role `{answer.role}`"),
        ("workload", "A role of their own (task, pod)"),
        ("error", "Stopped by an error"),
        ("none", "No credentials"),
        ("unknown", "Not to be told from outside"),
    ):
        named = [one for one in answer.services if one.verdict == verdict]
        if named:
            lines += wrap(_others(named, words, verbose=verbose), width, _MARGIN, _DEEP)
    return lines


def _headline(answer: AuditAnswer, others: list[ServiceAnswer], services: int) -> str:
    wrong = sum({one.subject: one.services for one in others}.values())
    if not services:
        return "No running service was seen."
    if answer.role is None:
        told = f"No role of an instance is known: {answer.reason}."
        if not wrong:
            return f"{told} No running service has other credentials."
        verb = "has" if wrong == 1 else "have"
        return f"{told} {wrong} of {count(services, 'running service')} {verb} credentials:"
    if not wrong:
        unknown = {one.subject: one.services for one in answer.services if one.verdict == "unknown"}
        left = f"; of {sum(unknown.values())} it cannot be told" if unknown else ""
        return (
            f"No running service takes other credentials than those of role `{answer.role}`{left}."
        )
    verb = "does" if wrong == 1 else "do"
    return (
        f"{wrong} of {count(services, 'running service')} {verb} not use instance role "
        f"`{answer.role}`:"
    )


def _apart(
    answer: AuditAnswer, verdict: str, words: str, width: int, *, verbose: bool
) -> list[str]:
    """Return a line for each identity of those that do not count as users of something else."""
    lines: list[str] = []
    groups: dict[tuple[str, str], list[ServiceAnswer]] = {}
    for one in answer.services:
        if one.verdict == verdict:
            groups.setdefault((one.used, one.told), []).append(one)
    for (used, told), named in groups.items():
        lines += wrap(
            _others(named, f"{words} {used} {told}".rstrip(), verbose=verbose),
            width,
            _MARGIN,
            _DEEP,
        )
    return lines


def _others(named: list[ServiceAnswer], words: str, *, verbose: bool) -> str:
    names = list(dict.fromkeys(one.name for one in named))
    shown = names if verbose else names[:_SHOWN_NAMES]
    rest = f" and {len(names) - len(shown)} more" if len(shown) < len(names) else ""
    return f"{words}: {', '.join(shown)}{rest}."


def _keys(keys: list[KeyStory], painter: Painter, width: int, *, verbose: bool) -> list[str]:
    lines = [painter.paint("Keys in more than one place:" if not verbose else "Keys:", "bold")]
    shown = keys if verbose else keys[:_SHOWN_KEYS]
    for one in shown:
        account = f" of account {one.account}" if one.account else ""
        carried = f", in {count(one.processes, 'process', 'processes')}" if one.processes else ""
        lines += wrap(f"{one.label}{account}{carried}", width, _MARGIN, _DEEP)
        places = one.places if verbose else one.places[:_SHOWN_PLACES]
        for place in places:
            lines += wrap(f"{place.display()}: {place.message}", width, _DEEP, _DEEP + "  ")
        if len(places) < len(one.places):
            lines.append(f"{_DEEP}and {len(one.places) - len(places)} more places")
    if len(shown) < len(keys):
        lines.append(f"{_MARGIN}and {len(keys) - len(shown)} more keys; --verbose shows all")
    return lines
