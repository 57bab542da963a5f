"""``credlint explain CODE|NAME``."""

from __future__ import annotations

import click

from credlint.policy.select import RuleIndex
from credlint.report import rule_page
from credlint.rulebook import find_rule, load_rules


@click.command("explain")
@click.argument("selector", metavar="CODE|NAME")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    help="How to print it.",
)
def command(selector: str, form: str) -> None:
    """Print one rule's whole explanation."""
    rules = load_rules()
    rule = find_rule(rules, selector)
    if rule is None:
        near = RuleIndex(rules).suggestion(selector)
        message = f'unknown rule "{selector}"{near}; see "credlint rules"'
        raise click.ClickException(message)
    if form == "json":
        click.echo(rule_page.to_json([rule]), nl=False)
    elif form == "markdown":
        click.echo(rule_page.to_markdown(rule), nl=False)
    else:
        click.echo(rule_page.to_text(rule), nl=False)
