"""Where a snapshot comes from: this process and its host, or a file."""

from __future__ import annotations

import os
import sys
from datetime import datetime, timezone
from pathlib import Path
from typing import Optional

from credlint.host.capture import KEY_BYTES, CaptureRequest, capture, metadata_endpoint
from credlint.host.environ import current
from credlint.host.packages import installed_packages
from credlint.host.snapshot_file import SnapshotError, load_snapshot
from credlint.model.snapshot import HostSnapshot


def observe(
    imds_endpoint: Optional[str],
    *,
    network: bool = True,
    terraform: bool = True,
    user_data: bool = False,
) -> HostSnapshot:
    """Capture this process's environment and its host.

    ``terraform``: with its files. ``user_data``: with what the instance's user data holds.
    """
    request = CaptureRequest(
        environment=current(),
        now=datetime.now(timezone.utc).isoformat(timespec="seconds"),
        uid=os.geteuid() if hasattr(os, "geteuid") else None,
        imds_endpoint=imds_endpoint or os.environ.get("CREDLINT_IMDS_ENDPOINT") or None,
        probe_network=network,
        packages=_sdk_packages(),
        tree=Path.cwd(),
        terraform=Path.cwd() if terraform else None,
        interactive=_has_terminal(),
    )
    if not user_data:
        return capture(request)
    from credlint.cli.user_data import with_user_data  # noqa: PLC0415  start-up

    key = os.urandom(KEY_BYTES)
    endpoint, _ = metadata_endpoint(request)
    return with_user_data(capture(request, key), endpoint, key)


def _has_terminal() -> bool:
    """Tell whether a program started here could ask a person; a redirected stream is no matter.

    Python's getpass, which botocore asks for MFA codes with, opens the controlling terminal.
    """
    if any(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr)):
        return True
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | getattr(os, "O_NOCTTY", 0)))
    except OSError:
        return False
    return True


def _sdk_packages() -> tuple[tuple[str, str], ...]:
    """Return the AWS packages beside credlint, when the SDK is among them.

    Another Python's packages would tell nothing: without botocore here, nothing is said.
    """
    packages = installed_packages(sys.path)
    return packages if any(name == "botocore" for name, _ in packages) else ()


def read_snapshot(path: str) -> HostSnapshot:
    """Load a saved snapshot, ``-`` from standard input; raises SnapshotError."""
    try:
        data = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
        return load_snapshot(data.decode("utf-8"))
    except OSError as error:
        message = f'snapshot "{path}" cannot be read: {error.strerror or type(error).__name__}'
        raise SnapshotError(message) from error
    except UnicodeDecodeError as error:
        message = f'snapshot "{path}" is not UTF-8'
        raise SnapshotError(message) from error
