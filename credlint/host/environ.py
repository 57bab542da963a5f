"""The examined environment: which variables are captured, and which of them are secret.

The only place besides ``config`` and ``cli`` that reads ``os.environ``.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping

from credlint.host.captured import Capturer
from credlint.host.lookalikes import is_public
from credlint.host.scrub import entropy
from credlint.model.captured import CapturedValue
from credlint.model.snapshot import EnvironmentVariable

_PREFIXES = ("AWS_", "AMAZON_", "BOTO_", "GRANTED_")
# Captured without text: that they are set tells of a test run with an emulator of AWS.
_TEST_PREFIXES = ("LOCALSTACK_", "PYTEST_", "MOTO_")
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY")
_CERTIFICATES = (
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "NODE_EXTRA_CA_CERTS",
)
# Markers of where a process runs; ``host.platform`` reads them.
_CONTEXT = (
    "CODEBUILD_BUILD_ID",
    "CODEBUILD_BUILD_ARN",
    "ECS_CONTAINER_METADATA_URI",
    "ECS_CONTAINER_METADATA_URI_V4",
    "KUBERNETES_SERVICE_HOST",
    "KUBERNETES_SERVICE_PORT",
    "CI",
    "GITHUB_ACTIONS",
    "GITLAB_CI",
    "CIRCLECI",
    "JENKINS_URL",
    "BUILDKITE",
    "TF_BUILD",
    "LAMBDA_TASK_ROOT",
    "SUDO_USER",
    "CLOUDSHELL_ENVIRONMENT",
)
_OTHERS = (
    "SECRET_ACCESS_KEY",
    "ACCESS_KEY_ID",
    "ACCESS_KEY",
    "SESSION_TOKEN",
    "NODE_TLS_REJECT_UNAUTHORIZED",
    "PYTHONHTTPSVERIFY",
)
# Documented names that look random to the scrubber.
_ODD_NAMES = frozenset({"AWS_S3_USE_ARN_REGION"})
# Captured without text although harmless by name: what matters is that they are set, and a
# home or search path tells about the person.
_PRESENCE_ONLY = ("HOME", "PATH", "USERPROFILE", "SUDO_USER")

_SENSITIVE = re.compile(
    r"KEY|SECRET|TOKEN|PASSWORD|PASSWD|CREDENTIAL|SIGNATURE|EXTERNAL_ID|MFA_CODE"
)
_SAFE = frozenset(
    (
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
        "AWS_SHARED_CREDENTIALS_FILE",
        "AWS_CREDENTIAL_FILE",
        "AWS_CREDENTIALS_FILE",
        "AWS_CREDENTIAL_PROFILES_FILE",
        "AWS_CREDENTIAL_EXPIRATION",
        "AWS_CREDENTIALS_EXPIRATION",
        "AWS_SESSION_TOKEN_EXPIRATION",
        "AWS_SESSION_EXPIRATION",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    )
)
# Their query may carry a capability; everything after ? or # is cut.
_ADDRESSES = frozenset(
    (
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "AWS_EC2_METADATA_SERVICE_ENDPOINT",
    )
)
_QUERY = re.compile(r"[?#].+", re.DOTALL)
# user:password@host without a scheme, as proxies are sometimes written.
_BARE_USER_INFO = re.compile(r"^[^/@\s]+(?=@)")


def current() -> dict[str, str]:
    """Return a copy of this process's environment."""
    return dict(os.environ)


def is_captured(name: str) -> bool:
    """Tell whether a variable of that name goes into the snapshot."""
    upper = name.upper()
    return (
        name.startswith((*_PREFIXES, *_TEST_PREFIXES))
        or upper in _PROXIES
        or name in _CERTIFICATES
        or name in _CONTEXT
        or name in _OTHERS
        or name in _PRESENCE_ONLY
    )


def is_sensitive(name: str) -> bool:
    """Tell whether a variable is secret by its name."""
    upper = name.upper()
    return upper not in _SAFE and _SENSITIVE.search(upper) is not None


def iter_secrets(environment: Mapping[str, str]) -> Iterator[str]:
    """Yield every value of the environment that is secret by its variable's name.

    Variables that are not captured count too when their value looks generated: a token of
    another tool must not show up in the text of a captured one.
    """
    for name, value in environment.items():
        if not is_sensitive(name) or _is_path(value) or is_public(value):
            continue
        if is_captured(name) or _generated(value):
            yield value


def _generated(value: str) -> bool:
    return len(value) >= 16 and entropy(value) >= 3 and not value.isalpha()  # noqa: PLR2004


def _is_path(value: str) -> bool:
    # SSH_KEY_FILE=/home/u/.ssh/id and the like name a place, and places are shown.
    return value.startswith(("/", "~/", "./")) and "\n" not in value and len(value) != 40  # noqa: PLR2004


def capture_environment(
    environment: Mapping[str, str], capturer: Capturer
) -> tuple[EnvironmentVariable, ...]:
    """Return the captured variables, sorted by name."""
    return tuple(
        EnvironmentVariable(
            name if name in _ODD_NAMES else capturer.scrub(name),
            _capture(name, environment[name], capturer),
        )
        for name in sorted(environment)
        if is_captured(name)
    )


def _capture(name: str, value: str, capturer: Capturer) -> CapturedValue:
    if name in _PRESENCE_ONLY or name.startswith(_TEST_PREFIXES) or is_sensitive(name):
        return capturer.capture_secret(value)
    if name in _ADDRESSES:
        return capturer.capture_as(value, capturer.scrub(_QUERY.sub(_cut, value)))
    if name.upper() in _PROXIES:
        safe = _BARE_USER_INFO.sub(lambda found: capturer.mark(found.group()), value)
        return capturer.capture_as(value, capturer.scrub(safe))
    return capturer.capture_text(value)


def _cut(found: re.Match[str]) -> str:
    return f"{found.group()[0]}[{len(found.group()) - 1} characters]"
