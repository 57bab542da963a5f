"""The tables of a SARIF run that stand for the rulebook: rules, notifications, weaknesses."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Optional

from credlint.model.rule import Rule
from credlint.report.cwe import INFORMATION_URI, TAXONOMY_GUID, weakness_name, weakness_page
from credlint.report.names import pascal_case
from credlint.report.sarif_dump import Node

HOMEPAGE = "https://github.com/credlint/credlint"
_RULE_PAGE = HOMEPAGE + "/blob/main/docs/rules/{code}-{name}.md"

_TEXT_LIMIT = 1024  # GitHub refuses longer descriptions
_TAG_LIMIT = 10  # GitHub keeps ten and refuses more than twenty
_PROBLEM_SEVERITIES = {"error": "error", "warning": "warning", "note": "recommendation"}

_LINK = re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)")
_FENCE = re.compile(r"^```.*$\n?", re.MULTILINE)
_HEADING = re.compile(r"^#+\s*(.+)$", re.MULTILINE)


def is_run_rule(rule: Rule) -> bool:
    """Tell whether the rule is about the run itself and so describes notifications."""
    return rule.room == "run" or rule.id.startswith("RUN")


def plain_text(markdown: str) -> str:
    """Return the explanation without Markdown: links as ``text (address)``, no marks."""
    text = _FENCE.sub("", markdown)
    text = _HEADING.sub(_plain_heading, text)
    text = _LINK.sub(r"\1 (\2)", text)
    return text.replace("`", "").replace("**", "").strip()


def _plain_heading(match: re.Match[str]) -> str:
    title = match.group(1).strip()
    return title if title.endswith("?") else f"{title}:"


def _full_description(rule: Rule) -> str:
    """Return the summary and the first paragraph of the explanation."""
    body = rule.explain.strip()
    lines = body.split("\n")
    if lines and lines[0].startswith("#"):
        body = "\n".join(lines[1:]).strip()
    paragraph = plain_text(body.split("\n\n")[0]).replace("\n", " ")
    text = f"{rule.summary} {paragraph}".strip()
    return text if len(text) <= _TEXT_LIMIT else rule.summary[:_TEXT_LIMIT]


def _descriptor(
    rule: Rule, properties: dict[str, Node], relationships: Optional[list[Node]]
) -> Node:
    import sarif_om as om  # noqa: PLC0415  40 ms, only when a SARIF report is asked for

    return om.ReportingDescriptor(
        id=rule.id,
        # A name equal to the id says nothing and is against SARIF 2.1.0 §3.49.7.
        name=pascal_case(rule.name) if rule.name != rule.id else None,
        short_description=om.MultiformatMessageString(text=rule.summary[:_TEXT_LIMIT]),
        full_description=om.MultiformatMessageString(text=_full_description(rule)),
        help=om.MultiformatMessageString(
            text=plain_text(rule.explain) or rule.summary,
            markdown=rule.explain.strip() or rule.summary,
        ),
        help_uri=_RULE_PAGE.format(code=rule.id, name=rule.name),
        default_configuration=om.ReportingConfiguration(level=rule.level),
        relationships=relationships,
        properties=properties,
    )


def rule_descriptor(rule: Rule) -> Node:
    """Return one entry of ``driver.rules``."""
    import sarif_om as om  # noqa: PLC0415  likewise

    tags = ["security", *(f"external/cwe/cwe-{number}" for number in rule.cwe), *rule.tags]
    properties: dict[str, Node] = {"precision": rule.confidence}
    if rule.security_severity > 0:
        properties["security-severity"] = f"{rule.security_severity:.1f}"
    else:
        properties["problem.severity"] = _PROBLEM_SEVERITIES[rule.level]
    properties["tags"] = list(dict.fromkeys(tags))[:_TAG_LIMIT]
    weakness = om.ToolComponentReference(name="CWE", guid=TAXONOMY_GUID, index=0)
    relationships = [
        om.ReportingDescriptorRelationship(
            target=om.ReportingDescriptorReference(id=str(number), tool_component=weakness),
            kinds=["superset"],
        )
        for number in rule.cwe
    ]
    return _descriptor(rule, properties, relationships or None)


def notification_descriptor(rule: Rule) -> Node:
    """Return one entry of ``driver.notifications``."""
    return _descriptor(rule, {"tags": list(rule.tags)[:_TAG_LIMIT]} if rule.tags else {}, None)


def unknown_rule(code: str, name: str, level: str) -> Rule:
    """Return a stand-in for a code whose rule was not handed over, so that nothing is dropped."""
    words = f"{name.replace('-', ' ') or code}."
    summary = words[0].upper() + words[1:]
    return Rule(
        id=code,
        name=name or code,
        room="run" if code.startswith("RUN") else "chain",
        level=level,
        security_severity=0.0,
        confidence="medium",
        cwe=(),
        summary=summary,
        explain=f"## What it does\n{summary}",
        remedy="",
    )


def taxonomy(rules: Iterable[Rule]) -> Node:
    """Return the CWE taxonomy with the entries that the rules refer to."""
    import sarif_om as om  # noqa: PLC0415  likewise

    numbers = sorted({number for rule in rules for number in rule.cwe})
    return om.ToolComponent(
        name="CWE",
        guid=TAXONOMY_GUID,
        organization="MITRE",
        short_description=om.MultiformatMessageString(
            text="The MITRE Common Weakness Enumeration."
        ),
        information_uri=INFORMATION_URI,
        is_comprehensive=False,
        taxa=[
            om.ReportingDescriptor(
                id=str(number),
                name=weakness_name(number),
                short_description=om.MultiformatMessageString(text=f"{weakness_name(number)}."),
                help_uri=weakness_page(number),
            )
            for number in numbers
        ],
    )
