"""The system properties that a JVM of the examined environment starts with.

Variables that define some: JAVA_TOOL_OPTIONS (every JVM), JDK_JAVA_OPTIONS (the ``java`` command of
JDK 9 and newer) and _JAVA_OPTIONS (HotSpot). A command line adds more: ``ARGUMENTS``.
Words are split as HotSpot's Arguments::parse_options_buffer does: quotes of either kind keep white
space, nothing is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from credlint.host.captured import Capturer
    from credlint.model.captured import CapturedValue
    from credlint.model.snapshot import SystemProperty

# Stands among the variables for the arguments of a process that runs already; no name of one.
ARGUMENTS = "(arguments)"
VARIABLES = ("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS")
# The weakest first: of equal definitions the last counts (HotSpot's Arguments::parse).
_DEFINING = (*VARIABLES[:2], ARGUMENTS, VARIABLES[2])
_WORD = re.compile(r"""(?:[^\s"']|"[^"]*"|'[^']*')+""")
_QUOTED = re.compile(r""""([^"]*)"|'([^']*)'""")
_CAPTURED = ("aws.", "com.amazonaws.sdk.")
_HOME = "user.home"
_PROXIES = frozenset(
    (
        "http.proxyHost",
        "http.proxyPort",
        "https.proxyHost",
        "https.proxyPort",
        "http.nonProxyHosts",
        "http.noProxyHosts",
    )
)
_SECRETS = frozenset(
    (
        "aws.accessKeyId",
        "aws.secretAccessKey",
        "aws.secretKey",
        "aws.sessionToken",
        "aws.containerAuthorizationToken",
    )
)
_QUERY = re.compile(r"[?#].+", re.DOTALL)


def definitions(environment: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Return value and variable of each property that an SDK may read, by its name."""
    found = {}
    for variable in _DEFINING:
        for word in _WORD.findall(environment.get(variable, "")):
            plain = _QUOTED.sub(lambda one: one.group(1) or one.group(2) or "", word)
            name, _, value = plain[2:].partition("=")
            is_read = name.startswith(_CAPTURED) or name == _HOME or name in _PROXIES
            if plain.startswith("-D") and is_read:
                found[name] = (value, variable)
    return found


def iter_secrets(environment: Mapping[str, str]) -> Iterator[str]:
    """Yield the values that are secret by their property's name."""
    for name, (value, _) in definitions(environment).items():
        if name in _SECRETS and value:
            yield value


def capture_system_properties(
    environment: Mapping[str, str], capturer: Capturer
) -> tuple[SystemProperty, ...]:
    """Return the captured properties, sorted by name."""
    from credlint.model.snapshot import SystemProperty  # noqa: PLC0415  a scan has no snapshot

    return tuple(
        SystemProperty(capturer.scrub(name), _capture(name, value, capturer), variable)
        for name, (value, variable) in sorted(definitions(environment).items())
    )


def _capture(name: str, value: str, capturer: Capturer) -> CapturedValue:
    if name in _SECRETS or name == _HOME:
        return capturer.capture_secret(value)
    if "Uri" in name or "Path" in name:
        safe = _QUERY.sub(lambda one: f"{one.group()[0]}[{len(one.group()) - 1} characters]", value)
        return capturer.capture_as(value, capturer.scrub(safe))
    return capturer.capture_text(value)
