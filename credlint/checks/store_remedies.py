"""How each tool that stores AWS keys is told to take the role instead."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

from credlint.checks.wording import shell_path
from credlint.model.audit import Sighting

_NAMES = {
    "boto": "boto 2",
    "hadoop": "Hadoop",
    "spark": "Spark",
    "cyberduck": "Cyberduck",
    "fluentd": "Fluentd or Fluent Bit",
    "logstash": "Logstash",
    "awslogs": "the CloudWatch Logs agent",
    "terraform": "Terraform",
    "mc": "the MinIO client",
    "other": "another tool",
    "": "another tool",
}
_SECTION = re.compile(r"\[([^\]]+)\]")
# Steps by tool; {path} is the file as a command takes it, {file} as it is, {section} the part of
# the file. Sources: s3cmd 2.4 S3/Config.py role_config; s3fs-fuse 1.9 man page, iam_role; rclone
# 1.68 docs/s3.md, env_auth; Hadoop 3.4 S3A, authentication; fluent-plugin-s3, instance_profile_
# credentials; logstash-output-s3; mc 2024 alias remove.
_STEPS = {
    "s3cmd": (
        "Delete the lines access_key and secret_key from {file}: s3cmd then takes the role.",
    ),
    "s3fs": (
        "Mount with `-o iam_role=auto` (in /etc/fstab the option iam_role=auto), then `rm {path}`.",
    ),
    "rclone": (
        (
            "`rclone config update {section} env_auth true`, then delete the lines access_key_id "
            "and secret_access_key from {file}."
        ),
    ),
    "boto": ("Delete the two lines from {file}: boto 2 then takes the role of the instance.",),
    "gsutil": ("Delete the lines aws_access_key_id and aws_secret_access_key from {file}.",),
    "mc": ("`mc alias remove {section}`; for AWS itself use `aws s3`, which takes the role.",),
    "hadoop": (
        (
            "Delete both properties from {file}: the default of fs.s3a.aws.credentials.provider "
            "ends with the role of the instance."
        ),
    ),
    "spark": (
        (
            "Delete both settings from {file}: the default of fs.s3a.aws.credentials.provider ends "
            "with the role of the instance."
        ),
    ),
    "fluentd": (
        (
            "Delete aws_key_id and aws_sec_key from {file}; Fluentd then wants an empty "
            "`<instance_profile_credentials>` section, Fluent Bit takes the role by itself."
        ),
    ),
    "logstash": (
        "Delete access_key_id and secret_access_key from {file}: it then takes the role.",
    ),
    "awslogs": ("Delete the two lines from {file}: the agent then takes the role.",),
}
_PROGRAMS = "the programs of its folder"
_DOTENV = (
    (
        "Delete the keys from {file} and restart what reads it: on a host with a role the SDKs "
        "take that; elsewhere `AWS_PROFILE` names a profile."
    ),
)
_OTHERWISE = ("Let the tool take the role of the host, then delete the keys from {file}.",)


def tool_name(one: Sighting) -> str:
    """Return what people call the tool whose file it is."""
    return _PROGRAMS if one.kind == "dotenv" else _NAMES.get(one.tool, one.tool)


def store_remedy(one: Sighting) -> Iterator[str]:
    """Yield the steps for the tool that the file belongs to."""
    found = _SECTION.search(one.detail)
    section = found.group(1) if found else one.detail.partition(" ")[0] or "NAME"
    for step in _DOTENV if one.kind == "dotenv" else _STEPS.get(one.tool, _OTHERWISE):
        yield step.format(path=shell_path(one.path), file=one.path, section=shlex.quote(section))
