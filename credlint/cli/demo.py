"""``credlint demo``."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from credlint.model.lean_dataclasses import replace

if TYPE_CHECKING:
    from credlint.cli.outlet import Conclusions
    from credlint.demo.stage import Stage
    from credlint.model.rule import Rule

_SDKS = ("boto3", "aws-cli-v1", "aws-cli-v2")


@click.command("demo")
@click.option(
    "--directory",
    metavar="FOLDER",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("credlint-demo"),
    show_default=True,
    help="The folder that everything is written into; it must be new, empty or an old demo.",
)
@click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Colour in text reports; auto: on a terminal.",
)
def command(directory: Path, color: str) -> None:
    """Run doctor and scan on a made-up instance, in a folder of its own.

    An instance with a least-privilege role, on which somebody exported the keys of a user. All
    keys are made up; the metadata service is a stand-in on loopback. Nothing outside the folder
    is read or written.
    """
    from credlint.cli.outlet import Choices, build_report, render  # noqa: PLC0415  start-up
    from credlint.cli.output import write_report  # noqa: PLC0415
    from credlint.demo.stage import MARKER, build  # noqa: PLC0415
    from credlint.rulebook import load_rules  # noqa: PLC0415

    if directory.exists() and any(directory.iterdir()) and not (directory / MARKER).is_file():
        message = f'"{directory}" is not empty and no demo of before; name another --directory'
        raise click.UsageError(message)
    stage = build(directory.absolute())
    rules = load_rules()
    choices = Choices(color=color)
    host = replace(_judge_host(stage, rules), title="credlint doctor, on the made-up instance")
    tree = replace(_scan_source(stage, rules), title="credlint scan, on its source tree")
    for part in (host, tree):
        report = build_report(part, rules, rules, choices)
        click.echo(render(report, "text", choices, part), color=True)
    both = replace(
        host,
        command="demo",
        title=None,
        findings=(*host.findings, *tree.findings),
        directives=(*host.directives, *tree.directives),
        skipped=(*host.skipped, *tree.skipped),
        summary=tree.summary,
    )
    report = build_report(both, rules, rules, choices)
    for form in ("json", "sarif"):
        write_report(render(report, form, choices, both), str(directory / f"report.{form}"))
    shown = os.path.relpath(directory)
    click.echo(f"The whole report: {shown}/report.json and {shown}/report.sarif")
    click.echo(f"The made-up host: {shown}/home, {shown}/source (its keys were never issued)")
    click.echo("Next: `credlint doctor` on this machine, `credlint explain CHN101`")


def _judge_host(stage: Stage, rules: Sequence[Rule]) -> Conclusions:
    from datetime import datetime, timezone  # noqa: PLC0415  start-up

    from credlint.checks.options import CheckOptions  # noqa: PLC0415
    from credlint.cli.judgement import judge  # noqa: PLC0415
    from credlint.demo.imds_stand_in import Behaviour, ImdsStandIn  # noqa: PLC0415
    from credlint.demo.stage import ACCOUNT, REGION, ROLE  # noqa: PLC0415
    from credlint.host.capture import CaptureRequest, capture  # noqa: PLC0415

    now = datetime.now(timezone.utc).isoformat(timespec="seconds")
    behaviour = Behaviour(role=ROLE, account=ACCOUNT, region=REGION, availability_zone=f"{REGION}a")
    with ImdsStandIn(behaviour) as imds:
        seen = capture(
            CaptureRequest(
                environment=stage.environment,
                now=now,
                home=stage.home,
                uid=os.geteuid() if hasattr(os, "geteuid") else None,
                imds_endpoint=imds.endpoint,
                root=stage.host,
            )
        )
    return judge(seen, _SDKS, None, rules, CheckOptions(now=now))


def _scan_source(stage: Stage, rules: Sequence[Rule]) -> Conclusions:
    from credlint.cli.outlet import Conclusions  # noqa: PLC0415  start-up
    from credlint.model.report import Summary  # noqa: PLC0415
    from credlint.pipeline.request import ScanRequest  # noqa: PLC0415
    from credlint.pipeline.scan import run_scan  # noqa: PLC0415
    from credlint.rulebook import SCAN_ROOMS  # noqa: PLC0415

    result = run_scan(
        ScanRequest(
            rules=tuple(rule for rule in rules if rule.room in SCAN_ROOMS),
            root=stage.source,
            cache_directory=stage.cache,
            jobs=1,
        )
    )
    return Conclusions(
        command="scan",
        findings=result.findings,
        examined=bool(result.files),
        directives=result.directives,
        skipped=result.skipped,
        summary=Summary(files=result.files, bytes=result.bytes, ignored_paths=result.ignored),
    )
