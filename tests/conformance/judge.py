"""The judges: one module per family below ``judges/``, each knows its real SDKs.

Such a module has ``SDKS`` (ids), ``missing(sdk)`` (why it cannot be run here, else None),
``Judge(sdk)`` (a context manager with ``version`` and ``ask``), ``extended(setup, seed, number)``
(a set-up with what its SDKs read on top) and ``disagreement(trace, verdict)``. ``MOODS_BY_PORT``:
the SDK drops the path of an endpoint, so each mood of the stand-ins needs a port.
``specification(sdk, version)``, if there is one, gives the specification of the release that runs.
``SERVICES``: ``refused`` (no AWS API answers) or ``answer`` (STS and SSO do).
"""

from __future__ import annotations

import functools
import json
import pkgutil
import subprocess
from collections.abc import Mapping
from importlib import import_module
from types import ModuleType
from typing import Any, Optional

from tests.conformance import judges


@functools.cache
def all_judges() -> Mapping[str, ModuleType]:
    """Return the judge of each SDK that has one, by the SDK's id."""
    found = {}
    for module in pkgutil.iter_modules(judges.__path__, f"{judges.__name__}."):
        judge = import_module(module.name)
        found.update(dict.fromkeys(getattr(judge, "SDKS", ()), judge))
    return found


class LineJudge:
    """A context manager around a process that answers set-ups, a line of JSON each.

    Its first line is ``{"ready": VERSION}``; ``{"failure": …}`` is an answer that it has none.
    """

    def __init__(self, command: list[str], environment: Optional[Mapping[str, str]] = None) -> None:
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=None if environment is None else dict(environment),
        )
        self.version = self._read()["ready"]

    def __enter__(self) -> LineJudge:  # noqa: PYI034  Self needs Python 3.11
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(timeout=20)

    def ask(self, setup: dict[str, Any]) -> dict[str, Any]:
        """Return the verdict on one set-up (``env``, ``cwd``, ``profile``, ``crt``)."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(setup) + "\n")
        self._process.stdin.flush()
        verdict = self._read()
        if "failure" in verdict:
            message = f"the judge failed: {verdict['failure']}"
            raise RuntimeError(message)
        return verdict

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        return dict(json.loads(self._process.stdout.readline()))
