"""``credlint doctor``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, Optional

import click

from credlint.cli.options import report_options
from credlint.cli.sdk_choice import choose_sdks, complete_sdks
from credlint.model.lean_dataclasses import replace

if TYPE_CHECKING:
    from credlint.cli.outlet import Conclusions
    from credlint.cli.preparation import Prepared
    from credlint.model.snapshot import HostSnapshot


@click.command("doctor")
@click.option(
    "--sdk",
    "sdks",
    metavar="SDKS",
    multiple=True,
    shell_complete=complete_sdks,
    help="SDKs to judge, comma-separated, or all (default: those that are found here).",
)
@click.option(
    "--profile",
    metavar="NAME",
    help="Judge `aws --profile NAME` and `Session(profile_name=NAME)`, which keys in the "
    "environment do not override, unlike AWS_PROFILE.",
)
@click.option(
    "--snapshot",
    metavar="FILE",
    help="Judge a saved snapshot instead of this host; - reads standard input.",
)
@click.option(
    "--imds-endpoint",
    metavar="URL",
    help="Ask for instance metadata at this address (also CREDLINT_IMDS_ENDPOINT).",
)
@click.option(
    "--why-not",
    metavar="SOURCE",
    help="The shortest list of changes after which SOURCE (imds, env, container …) would win.",
)
@click.option(
    "--user-data",
    is_flag=True,
    help="Also read the instance's user data and tell what secrets it holds, never its text.",
)
@click.option(
    "--pid",
    metavar="PID",
    type=click.IntRange(min=1),
    help="Judge this running process: its user, home, environment and files.",
)
@click.option("--user", metavar="NAME", help="Judge a login of this user.")
@click.option("--no-network", is_flag=True, help="Do not speak to metadata or container endpoints.")
@click.option(
    "--fix",
    is_flag=True,
    help="Repair lines and modes of the AWS files where a finding says how, then judge again.",
)
@click.option("--diff", "show", is_flag=True, help="Show these repairs, without values.")
@report_options
@click.pass_context
def command(
    context: click.Context,
    /,
    sdks: tuple[str, ...],
    profile: Optional[str],
    snapshot: Optional[str],
    imds_endpoint: Optional[str],
    why_not: Optional[str],
    user_data: bool,
    pid: Optional[int],
    user: Optional[str],
    no_network: bool,
    fix: bool,
    show: bool,
    **given: Any,
) -> int:
    """Tell which AWS credentials are used here, why, and what they hide.

    Reads this process's environment and the AWS files; asks the instance metadata service for
    role names, never for credentials, and for user data only with --user-data. Calls no AWS API
    and runs no program.
    """
    from credlint.checks.options import CheckOptions  # noqa: PLC0415  start-up
    from credlint.cli.judgement import judge  # noqa: PLC0415
    from credlint.cli.observation import observe, read_snapshot  # noqa: PLC0415
    from credlint.cli.preparation import prepare  # noqa: PLC0415
    from credlint.config_values import read_setting  # noqa: PLC0415
    from credlint.policy.select import split_selectors  # noqa: PLC0415

    if snapshot is not None and imds_endpoint is not None:
        message = "--imds-endpoint asks this host; a snapshot was made elsewhere"
        raise click.UsageError(message)
    if snapshot is not None and user_data:
        message = "--user-data reads this host's; a snapshot has what `snapshot --user-data` saw"
        raise click.UsageError(message)
    if [pid, user, snapshot].count(None) < 2 or (user_data and (pid or user)):  # noqa: PLR2004
        message = "--pid, --user, --snapshot and --user-data speak of different subjects"
        raise click.UsageError(message)
    if (fix or show) and [pid, user, snapshot, why_not] != [None] * 4:
        message = "--fix and --diff are about this user's own files as they are now"
        raise click.UsageError(message)
    wanted = read_setting(list(split_selectors(sdks)), "sdks", "--sdk") if sdks else None
    prepared = prepare(Path.cwd(), ("chain", "host", "run"), given, {"sdks": wanted})
    prepared.choices.destinations()
    settings = prepared.settings
    if pid is not None or user is not None:
        from credlint.cli.doctor_subject import judge_subject  # noqa: PLC0415  reads the host

        conclusions, subject, judged = judge_subject(
            pid, user, profile, prepared, imds_endpoint, network=not no_network
        )
        _finish(context, conclusions, subject.snapshot, judged, why_not, profile, prepared)
    # Terraform's files are dear to read; without a choice they may be what tells of it.
    terraform = not settings.sdks or "terraform" in settings.sdks
    if snapshot:
        seen = read_snapshot(snapshot)
    else:
        seen = observe(
            imds_endpoint, network=not no_network, terraform=terraform, user_data=user_data
        )
    judged, note = choose_sdks(settings.sdks, seen.platform.sdks)

    def conclude(seen: HostSnapshot) -> Conclusions:
        return judge(
            seen,
            judged,
            profile,
            prepared.enabled,
            CheckOptions(
                now=seen.captured_at,
                expected_accounts=settings.expect_accounts,
                node_role_namespaces=settings.expect_node_role_namespaces,
            ),
            prepared.notices,
            note,
        )

    conclusions = conclude(seen)
    if fix or show:
        from credlint.cli.repairs import repaired  # noqa: PLC0415  rarely asked

        conclusions = repaired(
            conclusions,
            lambda: conclude(observe(imds_endpoint, network=not no_network, terraform=terraform)),
            writes=not show,
        )
    _finish(context, conclusions, seen, judged, why_not, profile, prepared)


def _finish(
    context: click.Context,
    conclusions: Conclusions,
    seen: HostSnapshot,
    judged: Sequence[str],
    why_not: Optional[str],
    profile: Optional[str],
    prepared: Prepared,
) -> NoReturn:
    """Answer --why-not, write the reports and leave with the exit code."""
    from credlint.cli.outlet import deliver  # noqa: PLC0415  start-up

    if why_not is not None:
        from credlint.cli.why_not import explain_absence  # noqa: PLC0415  rarely asked

        conclusions = replace(conclusions, why_not=explain_absence(seen, judged, why_not, profile))
    context.exit(deliver(conclusions, prepared.known, prepared.enabled, prepared.choices))
