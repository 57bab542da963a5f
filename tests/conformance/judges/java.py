"""The judge of the AWS SDKs for Java, what set-ups get on top, and how verdicts are compared."""

from __future__ import annotations

import functools
import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any, Optional

from credlint.model.key_id import parse_key_id
from credlint.model.trace import Trace
from tests.conformance.judge import LineJudge
from tests.conformance.judges.java_setups import extended

__all__ = ["Judge", "disagreement", "extended", "fresh_verdict", "missing"]
SDKS = ("java-v2",)
MOODS_BY_PORT = False
SERVICES = "answer"
_DRIVER = Path(__file__).parents[1] / "drivers" / "java"
_VERSIONS = {"java-v1": "v1", "java-v2": "v2"}
# Where an SDK looks for a program's own part of its clients; see the drivers' Services.java.
_HOOKS = {
    "java-v1": "com/amazonaws/services/securitytoken/request.handler2s",
    "java-v2": "META-INF/services/software.amazon.awssdk.http.SdkHttpService",
}
CACHE_VARIABLE = "CREDLINT_TEST_DRIVERS"
_OPTIONS = (
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "--add-opens=java.base/java.lang=ALL-UNNAMED",
)


def missing(sdk: str) -> Optional[str]:
    """Return why the driver cannot be had, None when it can."""
    for program in ("java", "javac", "mvn"):
        if shutil.which(program) is None:
            return f"no {program} is installed"
    try:
        built(sdk)
    except subprocess.CalledProcessError as error:
        last = (error.stderr or error.stdout or "").strip().splitlines()[-1:]
        return f"the driver of {sdk} cannot be built: {' '.join(last)}"
    return None


@functools.cache
def built(sdk: str) -> Path:
    """Return the folder of the built driver; raises CalledProcessError when it cannot be built."""
    own = _DRIVER / _VERSIONS[sdk]
    sources = [*sorted(_DRIVER.glob("*.java")), *sorted(own.glob("*.java"))]
    parts = [path.read_bytes() for path in (*sources, own / "pom.xml")]
    digest = hashlib.sha256(b"".join(parts)).hexdigest()
    base = os.environ.get(CACHE_VARIABLE) or str(Path(tempfile.gettempdir()) / "credlint-drivers")
    target = Path(base) / f"{sdk}-{digest[:16]}"
    if target.exists():
        return target
    new = Path(f"{target}.{os.getpid()}")
    new.mkdir(parents=True)
    _run("mvn", "-B", "-q", "-f", str(own / "pom.xml"), *_copy(new / "jars"))
    host = [str(path) for path in sorted(_DRIVER.glob("*.java"))]
    probe = [str(path) for path in sorted(own.glob("*.java"))]
    _run("javac", "-d", str(new / "driver"), *host)
    probe.append(str(_DRIVER / "Limits.java"))
    _run("javac", "-nowarn", "-cp", f"{new}/jars/*", "-d", str(new / "classes"), *probe)
    hook = new / "classes" / _HOOKS[sdk]
    hook.parent.mkdir(parents=True, exist_ok=True)
    hook.write_text("Services\n", encoding="utf-8")
    new.replace(target)
    return target


def _copy(folder: Path) -> tuple[str, str]:
    return "dependency:copy-dependencies", f"-DoutputDirectory={folder}"


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, text=True, timeout=600)


# What every credential_process is started by: a shell in the environment of the set-up.
_SHELL = """#!/bin/sh
{ cat "$ENVIRONMENT"; printf '%s\\0' /bin/sh "$@"; } | xargs -0 env -i
"""


class Judge(LineJudge):
    """One JVM that gives each set-up the SDK's classes anew, in a working directory of its own."""

    def __init__(self, sdk: str) -> None:
        folder = built(sdk)
        self._own = tempfile.TemporaryDirectory()
        own = Path(self._own.name)
        for name in ("bin", "cwd"):
            (own / name).mkdir()
        shell = own / "bin" / "sh"
        shell.write_text(_SHELL, encoding="utf-8")
        shell.chmod(0o755)
        environment = {
            "PATH": f"{own}/bin:{os.environ['PATH']}",
            "LANG": "C.UTF-8",
            "ENVIRONMENT": f"{own}/environment",
        }
        command = ["java", *_OPTIONS, "-cp", f"{folder}/driver", "Driver"]
        command += [f"{folder}/jars", f"{folder}/classes"]
        super().__init__(["env", "-C", f"{own}/cwd", *command], environment)

    def __exit__(self, *error: object) -> None:
        super().__exit__(*error)
        self._own.cleanup()

    def ask(self, setup: dict[str, Any]) -> dict[str, Any]:
        """Return the verdict on one set-up."""
        return super().ask(for_driver(setup))


def for_driver(setup: dict[str, Any]) -> dict[str, Any]:
    """Return what the driver wants on top: the stand-ins' addresses, the home directory."""
    prefix = "AWS_ENDPOINT_URL_"
    services = {
        name[len(prefix) :].lower(): address
        for name, address in setup["env"].items()
        if name.startswith(prefix)
    }
    return {**setup, "services": services, "entry_home": setup["cwd"]}


def fresh_verdict(sdk: str, setup: dict[str, Any]) -> dict[str, Any]:
    """Return the verdict of a JVM that is started in the set-up's environment and folder.

    It shows that nothing is left over, or put in the wrong place, in the one that serves many.
    """
    folder = built(sdk)
    asked = for_driver(setup)
    options = setup["env"].get("JAVA_TOOL_OPTIONS", "")
    home = [] if "-Duser.home=" in options else [f"-Duser.home={asked['entry_home']}"]
    command = [shutil.which("java") or "java", *_OPTIONS, *home, "-cp", f"{folder}/driver"]
    command += ["Driver", f"{folder}/jars", f"{folder}/classes", "--as-is"]
    done = subprocess.run(
        command,
        input=json.dumps(asked) + "\n",
        capture_output=True,
        check=True,
        cwd=setup["cwd"],
        encoding="utf-8",
        env=setup["env"],
        timeout=120,
    )
    return dict(json.loads(done.stdout.splitlines()[-1]))


# The business metrics by which the SDK names a provider, see BusinessMetricFeatureId: first that
# which tells of the source of the chain.
_SOURCES = {
    "f": "sysprops",
    "g": "env",
    "h": "web_identity_env",
    "q": "web_identity_profile",
    "r": "sso_profile",
    "t": "sso_profile",
    "o": "role_profile",
    "p": "role_profile",
    "AC": "login_profile",
    "v": "process_profile",
    "n": "static",
    "z": "container",
    "0": "imds",
}


def disagreement(trace: Trace, verdict: dict[str, Any]) -> Optional[str]:
    """Return in what our trace and the verdict of the real SDK differ, None when they agree."""
    ours, real = _ours(trace), _real(verdict)
    if ours != real:
        return f"credentials: ours {ours}, real {real} {_why(trace, verdict)}"
    problem = _details(trace, verdict)
    if problem is None and not any("region cannot be told" in note for note in trace.notes):
        region = trace.region.value
        problem = None if region == verdict["region"] else f"region: {region} {verdict['region']}"
    return problem


def _ours(trace: Trace) -> str:
    if trace.winner is None:
        return trace.error.name if trace.error is not None else "none"
    source = trace.winner.source
    return "static" if source.startswith("static_") else source


def _real(verdict: dict[str, Any]) -> str:
    if verdict["stage"] != "resolved":
        return str(verdict["error"] or "none")
    return _SOURCES[verdict["method"].split(",")[0]]


def _why(trace: Trace, verdict: dict[str, Any]) -> str:
    details = [f"{one.source}: {one.detail}" for one in trace.steps if one.status == "broken"]
    return f"[{'; '.join(details)}] {verdict.get('message', '')}"


def _details(trace: Trace, verdict: dict[str, Any]) -> Optional[str]:
    winner = trace.winner
    if winner is None or winner.offer is None:
        return None
    assumed = "role" in winner.source or "web_identity" in winner.source
    if assumed and (winner.offer.role or "") != (verdict.get("role") or ""):
        return f"role: ours {winner.offer.role}, real {verdict.get('role')}"
    if winner.offer.kind == "dynamic":
        return None
    key = winner.offer.key_id
    tail = verdict["key_tail"] if "key_tail" in verdict else _tail(verdict.get("key", ""))
    shown = (key.last_four if key else None, winner.offer.has_token)
    wanted = (tail, verdict["token"])
    if key is None and "a malformed key id" in winner.detail:
        # The capture keeps no facts of a key id in white space, which Java takes off.
        return None if shown[1] == wanted[1] else f"token: ours {shown}, real {wanted}"
    return None if shown == wanted else f"key: ours {shown}, real {wanted}"


def _tail(key: str) -> Optional[str]:
    found = parse_key_id(key)
    return found.last_four if found else None
