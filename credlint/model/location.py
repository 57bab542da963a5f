"""Where a fact or a finding stands."""

from __future__ import annotations

from typing import Optional

from credlint.model.lean_dataclasses import dataclass

# Base of `uri`, as in SARIF's originalUriBaseIds; no machine path is ever part of a report.
SRCROOT = "SRCROOT"  # the scanned tree
HOME = "HOME"  # the home directory of the audited user
HOSTROOT = "HOSTROOT"  # any other file of the host, without the leading slash
CREDLINTHOST = "CREDLINTHOST"  # virtual artifacts: environment, imds, container-endpoint

_ABBREVIATED = 7  # as git shows a commit

# The logical name of user data, the one text of the metadata service that has lines.
USER_DATA = "imds/user-data"


@dataclass(frozen=True)
class Location:
    """One place.

    ``uri`` is relative to ``base`` with forward slashes, not percent-encoded
    (``.aws/credentials`` with base HOME). ``kind`` is one of file, archive, environment, imds,
    container, process, stdin; of an archive, ``uri`` is that of the file, ``!``, and ``logical``,
    which is the path within it. Lines and columns count from 1 in code points;
    ``end_column`` is exclusive. ``logical`` is a stable name such as
    ``environment/AWS_ACCESS_KEY_ID``, ``profile/dev``, ``imds/iam/security-credentials/ROLE``.
    ``message`` annotates a related place. ``commit``: the id of the commit whose version of the
    file is meant, None for the file as it is.
    """

    kind: str
    uri: str
    base: str = SRCROOT
    line: int = 1
    column: int = 1
    end_line: Optional[int] = None
    end_column: Optional[int] = None
    logical: Optional[str] = None
    message: Optional[str] = None
    commit: Optional[str] = None

    def display(self) -> str:  # noqa: PLR0911  one per kind
        """Return the place as a person would type it: ``~/.aws/credentials:3``."""
        if self.kind == "environment":
            name = (self.logical or self.uri).rpartition("/")[2]
            return f"environment variable {name}" if self.logical else "the environment"
        if self.kind == "imds":
            if self.logical == USER_DATA:
                return f"the instance's user data:{self.line}"
            return "the instance metadata service"
        if self.kind == "container":
            return "the container credentials endpoint"
        if self.kind == "process":
            name = (self.logical or "").rpartition("/")[2]
            of = self.uri.replace("/", " ")
            return f"{name} of {of}" if name.isupper() else of
        if self.kind == "stdin":
            return f"<stdin>:{self.line}"
        if self.commit:
            return f"{self.uri}@{self.commit[:_ABBREVIATED]}:{self.line}"
        prefix = {HOME: "~/", HOSTROOT: "/"}.get(self.base, "")
        return f"{prefix}{self.uri}:{self.line}"


def host_path(path: str) -> tuple[str, str]:
    """Return base and uri of a file of the host by its displayed path (``HostFile.path``)."""
    if path.startswith("~/"):
        return HOME, path[2:]
    return HOSTROOT, path.lstrip("/")


def environment_variable(name: str, line: int = 1, message: Optional[str] = None) -> Location:
    """Return the place of a variable of the examined environment.

    ``line`` is the variable's line in the sorted, redacted listing that reports embed.
    """
    return Location(
        kind="environment",
        uri="environment",
        base=CREDLINTHOST,
        line=line,
        logical=f"environment/{name}",
        message=message,
    )


def imds(path: str = "", message: Optional[str] = None) -> Location:
    """Return a place in the instance metadata service, ``path`` as below ``/latest/``."""
    logical = f"imds/{path}" if path else "imds"
    return Location("imds", "imds", CREDLINTHOST, logical=logical, message=message)


def user_data(line: int = 1, message: Optional[str] = None) -> Location:
    """Return the place of a line of the instance's user data, unpacked."""
    return Location("imds", "imds", CREDLINTHOST, line=line, logical=USER_DATA, message=message)


def container_endpoint(message: Optional[str] = None) -> Location:
    """Return the place of the container credentials endpoint."""
    return Location(
        "container",
        "container-endpoint",
        CREDLINTHOST,
        logical="container-endpoint",
        message=message,
    )
