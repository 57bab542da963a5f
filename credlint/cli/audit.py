"""``credlint audit``."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Optional

import click

from credlint.cli.options import report_options
from credlint.cli.sdk_choice import complete_sdks


@click.command("audit")
@click.option(
    "--sdk",
    "sdks",
    metavar="SDKS",
    multiple=True,
    shell_complete=complete_sdks,
    help="Judge every subject for these SDKs, comma-separated, or all (default: those that are "
    "found in each process, all where none is).",
)
@click.option(
    "--root",
    metavar="FOLDER",
    type=click.Path(file_okay=False, exists=True),
    help="Audit the host whose files are mounted here, not this one.",
)
@click.option(
    "--snapshot",
    metavar="FILE",
    help="Judge a saved audit instead of this host; - reads standard input.",
)
@click.option(
    "--save", metavar="FILE", help="Save what was seen, without any secret, to judge it elsewhere."
)
@click.option(
    "--imds-endpoint",
    metavar="URL",
    help="Ask for instance metadata at this address (also CREDLINT_IMDS_ENDPOINT).",
)
@click.option(
    "--user-data",
    is_flag=True,
    help="Also read the instance's user data and tell what secrets it holds, never its text.",
)
@click.option("--no-network", is_flag=True, help="Do not speak to metadata or container endpoints.")
@report_options
@click.pass_context
def command(
    context: click.Context,
    /,
    sdks: tuple[str, ...],
    root: Optional[str],
    snapshot: Optional[str],
    save: Optional[str],
    imds_endpoint: Optional[str],
    user_data: bool,
    no_network: bool,
    **given: Any,
) -> int:
    """Tell what every process, unit, job and login of this host uses, and why.

    Run it as root to see everything; without, it tells what it did not see. It reads, and changes
    nothing: no program is run, no AWS API called, no credential document fetched.
    """
    from credlint.checks.options import CheckOptions  # noqa: PLC0415  start-up
    from credlint.cli.audit_judgement import judge_audit  # noqa: PLC0415
    from credlint.cli.audit_observation import observe_host, read_audit  # noqa: PLC0415
    from credlint.cli.outlet import deliver  # noqa: PLC0415
    from credlint.cli.output import write_report  # noqa: PLC0415
    from credlint.cli.preparation import prepare  # noqa: PLC0415
    from credlint.config_values import read_setting  # noqa: PLC0415
    from credlint.model.sdk_names import SDK_NAMES  # noqa: PLC0415
    from credlint.policy.select import split_selectors  # noqa: PLC0415

    if snapshot is not None and (imds_endpoint is not None or root is not None):
        message = "--root and --imds-endpoint ask a host; a snapshot was made elsewhere"
        raise click.UsageError(message)
    if snapshot is not None and user_data:
        message = "--user-data reads this host's; a snapshot has what `audit --user-data` saw"
        raise click.UsageError(message)
    wanted = read_setting(list(split_selectors(sdks)), "sdks", "--sdk") if sdks else None
    prepared = prepare(Path.cwd(), ("chain", "host", "run"), given, {"sdks": wanted})
    prepared.choices.destinations()
    settings = prepared.settings
    if snapshot is not None:
        seen = read_audit(snapshot)
    else:
        seen = observe_host(root or "", imds_endpoint, network=not no_network, user_data=user_data)
    if save is not None:
        from credlint.host.audit_file import dump_audit  # noqa: PLC0415

        write_report(dump_audit(seen), save)
    conclusions = judge_audit(
        seen,
        settings.sdks or tuple(SDK_NAMES),
        prepared.enabled,
        CheckOptions(
            now=seen.captured_at,
            expected_accounts=settings.expect_accounts,
            node_role_namespaces=settings.expect_node_role_namespaces,
        ),
        prepared.notices,
        chosen=settings.sdks is not None,
    )
    code = deliver(conclusions, prepared.known, prepared.enabled, prepared.choices)
    context.exit(code)
