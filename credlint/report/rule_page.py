"""One rule for people: text for the terminal, Markdown for the docs, JSON for machines."""

from __future__ import annotations

import json
from collections.abc import Iterable

from credlint.model.rule import Rule


def to_markdown(rule: Rule) -> str:
    """Return the rule's page; docs/rules/ holds these, and SARIF viewers show the same text."""
    weaknesses = ", ".join(
        f"[CWE-{number}](https://cwe.mitre.org/data/definitions/{number}.html)"
        for number in rule.cwe
    )
    severity = f"{rule.security_severity:.1f}" if rule.security_severity else "none"
    lines = [
        f"# {rule.id} `{rule.name}`",
        "",
        rule.summary,
        "",
        "| level | security severity | confidence | fix | since | weakness |",
        "| --- | --- | --- | --- | --- | --- |",
        (
            f"| {rule.level} | {severity} | {rule.confidence} | {rule.fix} "
            f"| {rule.since} | {weaknesses} |"
        ),
        "",
        rule.explain.strip(),
        "",
    ]
    return "\n".join(lines)


def to_text(rule: Rule) -> str:
    """Return the rule for a terminal: the same text, headings underlined."""
    severity = f", security severity {rule.security_severity:.1f}" if rule.security_severity else ""
    lines = [f"{rule.id} {rule.name}", f"{rule.level}{severity}", "", rule.summary, ""]
    fenced = False
    for line in rule.explain.strip().splitlines():
        if line.startswith("```"):
            fenced = not fenced
        elif fenced:
            lines.append(f"    {line}" if line else "")
        elif line.startswith("## "):
            lines += [line[3:], "-" * len(line[3:])]
        else:
            lines.append(line)
    return "\n".join([*lines, ""])


def to_json(rules: Iterable[Rule]) -> str:
    """Return the rules as a JSON array, keys in a fixed order."""
    table = [
        {
            "code": rule.id,
            "name": rule.name,
            "level": rule.level,
            "security_severity": rule.security_severity,
            "confidence": rule.confidence,
            "cwe": list(rule.cwe),
            "status": rule.status,
            "since": rule.since,
            "fix": rule.fix,
            "summary": rule.summary,
            "explain": rule.explain.strip(),
            "remedy": rule.remedy,
        }
        for rule in rules
    ]
    return json.dumps(table, indent=2, ensure_ascii=False) + "\n"


def to_list(rules: Iterable[Rule]) -> str:
    """Return one aligned line a rule: code, level, name, summary."""
    rows = list(rules)
    widest = max((len(rule.name) for rule in rows), default=0)
    return "".join(
        f"{rule.id}  {rule.level:<7}  {rule.name:<{widest}}  {rule.summary}\n" for rule in rows
    )
