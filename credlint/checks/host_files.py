"""CHN225, HST201 and HST202: files that cannot be read, should not be here, or are too open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Optional

from credlint.checks.builder import FindingBuilder
from credlint.checks.homes import is_told_by_home
from credlint.checks.ini_view import Section, view_file
from credlint.checks.options import CheckOptions
from credlint.checks.places import file_place
from credlint.checks.situation import contexts_of
from credlint.checks.tokens import section_redirects
from credlint.checks.wording import conjunction, key_argument, lower, shell_path
from credlint.model.captured import KeyId
from credlint.model.finding import Finding, Level
from credlint.model.host_file import AwsLine, HostFile
from credlint.model.snapshot import HostSnapshot
from credlint.model.trace import Trace

_UNREADABLE = FindingBuilder("CHN225", "file-not-readable")
_PERSONAL = FindingBuilder("HST201", "personal-keys-on-ec2")
_PERMISSIONS = FindingBuilder("HST202", "credentials-file-permissions")

_SECRET_SETTINGS = frozenset(
    (
        "aws_access_key_id",
        "aws_secret_access_key",
        "aws_session_token",
        "aws_security_token",
        "awsaccesskeyid",
        "awssecretkey",
    )
)
_GROUP_AND_OTHERS = 0o077
_OTHERS = 0o007
_CONTAINERS = frozenset(("container", "ecs", "eks"))


def file_not_readable(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell that a file is there but closed to the judged user, so that SDKs take it for empty."""
    del traces, options
    closed: dict[str, list[HostFile]] = {}
    for file in _each_once(snapshot):
        if file.status != "unreadable":
            continue
        if file.error == "ELOOP":
            path = shell_path(file.path)
            yield _UNREADABLE.build(
                "error",
                f"{file.path} is a symbolic link that leads back to itself; its profiles look "
                "absent.",
                file_place(file),
                subject=file.path,
                remedy=(
                    f"`rm {path}` and put the file, or a link to where it really is, in its place.",
                ),
            )
        elif file.closed_by is not None:
            closed.setdefault(file.closed_by, []).append(file)
        else:
            yield _closed_file(snapshot, file)
    if is_told_by_home(snapshot):
        return  # CHN224
    for folder, files in closed.items():
        yield _behind_closed_folder(snapshot, files, folder)


def _user(snapshot: HostSnapshot) -> str:
    uid = snapshot.platform.uid
    return f"uid {uid}" if uid is not None else "this user"


def _behind_closed_folder(
    snapshot: HostSnapshot, files: Sequence[HostFile], folder: str
) -> Finding:
    """Tell the folder: whether there is a file behind it is as unknown as what it says."""
    uid = snapshot.platform.uid
    owner = "USER" if uid is None else str(uid)
    names = conjunction([file.path for file in files])
    return _UNREADABLE.build(
        "error",
        f"{names} cannot be read, since {_user(snapshot)} may not pass {folder}; profiles there "
        "look absent.",
        file_place(files[0]),
        subject=folder,
        related=[file_place(file, message="Behind the same folder.") for file in files[1:]],
        remedy=(
            (
                f"Let the user through: `setfacl -m u:{owner}:x {shell_path(folder)}`, or "
                f"`chmod o+x {shell_path(folder)}` where all may pass."
            ),
            "Or name a file that the user can read: AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE.",
        ),
    )


def _closed_file(snapshot: HostSnapshot, file: HostFile) -> Finding:
    uid = snapshot.platform.uid
    mode = f", mode {file.mode:04o}" if file.mode is not None else ""
    owner = f", owner uid {file.owner_uid}" if file.owner_uid is not None else ""
    path = shell_path(file.path)
    return _UNREADABLE.build(
        "error",
        f"{file.path} exists but {_user(snapshot)} cannot read it ({file.error or 'refused'}{mode}"
        f"{owner}); its profiles look absent.",
        file_place(file),
        subject=file.path,
        remedy=(
            (
                "Give it to the user that needs it: "
                f"`chown {'USER' if uid is None else uid} {path} && chmod 600 {path}`."
            ),
            (
                "In a systemd unit InaccessiblePaths= must not cover it; instead of "
                "ProtectHome=yes write `ProtectHome=tmpfs` and `BindReadOnlyPaths=` with the "
                f"full path of {file.path}."
            ),
            "Check the directories above it: `namei -l` shows each mode.",
        ),
    )


def personal_keys_on_ec2(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell each long-term key that stands in an AWS file of an EC2 instance."""
    del traces, options
    if "ec2" not in contexts_of(snapshot):
        return
    for file in _each_once(snapshot):
        for line, section, key_id in _keys_of(file):
            if key_id.prefix != "AKIA" or key_id.example:
                continue
            if section is not None and section_redirects(section):
                continue
            owner = f" of uid {file.owner_uid}" if file.owner_uid is not None else ""
            account = f", account {key_id.account}" if key_id.account else ""
            key = key_argument(key_id)
            yield _PERSONAL.build(
                "error",
                f"{file.path}{owner} on this EC2 instance holds a long-term IAM user key "
                f"({key_id.display()}{account}); whoever gets this host gets that user.",
                file_place(file, line, section.name if section else None),
                subject=key_id.display(),
                remedy=(
                    "1. Attach a role with the permissions that are needed to the instance.",
                    (
                        f"2. Delete the key from {file.path}; `aws sts get-caller-identity` must "
                        "show the role."
                    ),
                    (
                        "3. Deactivate it: `aws iam update-access-key --access-key-id "
                        f"{key} --status Inactive`."
                    ),
                ),
                properties=[("key_id", key_id.display())],
            )


def _each_once(snapshot: HostSnapshot) -> Iterator[HostFile]:
    seen: set[str] = set()
    for file in snapshot.files:
        if file.path not in seen:
            seen.add(file.path)
            yield file


def _keys_of(file: HostFile) -> Iterator[tuple[AwsLine, Optional[Section], KeyId]]:
    if file.role == "ec2-credential-file":
        for line in file.lines:
            if line.value is not None and line.value.key_id is not None:
                yield line, None, line.value.key_id
        return
    for section, setting in view_file(file).settings():
        if setting.value.key_id is not None:
            yield setting.line, section, setting.value.key_id


def credentials_file_permissions(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell that others than the owner may open a file with keys."""
    del traces, options
    if snapshot.platform.system == "Windows":
        return
    contexts = contexts_of(snapshot)
    for file in _each_once(snapshot):
        if file.mode is None or not file.mode & _GROUP_AND_OTHERS or not may_hold_keys(file):
            continue
        as_root = snapshot.platform.uid == 0 and file.owner_uid == 0
        if as_root and contexts & _CONTAINERS:
            continue  # a read-only mount in a container that has no other user
        level: Level = "warning" if contexts == {"laptop"} else "error"
        by_group = not file.mode & _OTHERS
        level = lower(level) if by_group else level
        owner = f" (owner uid {file.owner_uid})" if file.owner_uid is not None else ""
        alone = " Only its group is let in, which may have a single member." if by_group else ""
        yield _PERMISSIONS.build(
            level,
            f"{file.path} is mode {file.mode:04o}{owner}; it must be 0600.{alone}",
            file_place(file),
            subject=file.path,
            remedy=(f"`chmod 600 {shell_path(file.path)}`",),
            properties=[("mode", f"{file.mode:04o}")],
        )


def may_hold_keys(file: HostFile) -> bool:
    """Tell whether a file holds keys, or could not be looked into."""
    if file.status in ("absent", "not-a-file"):
        return False
    if file.status != "read":
        return True
    return any(
        line.name is not None and line.name.strip().lower() in _SECRET_SETTINGS and bool(line.value)
        for line in file.lines
    )
