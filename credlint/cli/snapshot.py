"""``credlint snapshot``."""

from __future__ import annotations

from typing import Optional

import click


@click.command("snapshot")
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    default="-",
    show_default=True,
    help="Where the snapshot goes; - is standard output.",
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
def command(
    output: str,
    imds_endpoint: Optional[str],
    user_data: bool,
    no_network: bool,
) -> None:
    """Save what doctor sees, without any secret, to judge it elsewhere.

    `credlint doctor --snapshot FILE` gives the same answer as doctor here.
    """
    from credlint.cli.observation import observe  # noqa: PLC0415  start-up
    from credlint.cli.output import write_report  # noqa: PLC0415
    from credlint.host.snapshot_file import dump_snapshot  # noqa: PLC0415

    seen = observe(imds_endpoint, network=not no_network, user_data=user_data)
    write_report(dump_snapshot(seen), output)
    for path, reason in seen.skipped:
        click.echo(f"credlint: not seen: {path}: {reason}", err=True)
