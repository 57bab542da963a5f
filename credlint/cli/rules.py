"""``credlint rules``."""

from __future__ import annotations

from pathlib import Path
from typing import Optional

import click

from credlint.report import rule_page
from credlint.rulebook import load_rules


@click.command("rules")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="One line a rule, or everything as JSON.",
)
@click.option(
    "--docs",
    metavar="FOLDER",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write one Markdown page per rule into this folder instead.",
)
def command(form: str, docs: Optional[Path]) -> None:
    """List every rule."""
    rules = load_rules()
    if docs is not None:
        docs.mkdir(parents=True, exist_ok=True)
        for rule in rules:
            page = docs / f"{rule.id}-{rule.name}.md"
            page.write_text(rule_page.to_markdown(rule), encoding="utf-8")
        click.echo(f"{len(rules)} pages in {docs}")
        return
    click.echo(rule_page.to_json(rules) if form == "json" else rule_page.to_list(rules), nl=False)
