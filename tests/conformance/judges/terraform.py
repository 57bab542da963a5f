"""The judge of what the Terraform AWS provider resolves its credentials with."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from typing import Any, Optional

from credlint.model.trace import Trace
from tests.conformance.judges import go
from tests.conformance.profile_kinds import ACCOUNT, NAMES, REGIONS
from tests.conformance.setups import SetUp

SDKS = ("terraform",)
MOODS_BY_PORT = go.MOODS_BY_PORT
SERVICES = "answer"
missing = go.missing
Judge = go.Judge

_ARN = f"arn:aws:iam::{ACCOUNT}:role/tf"
_REGION = "region"
Arguments = list[tuple[str, Any]]


class Raw(str):
    """An expression, written as it is."""

    __slots__ = ()


def extended(setup: SetUp, seed: int, number: int) -> SetUp:
    """Return the set-up with the corners of Go v2 and, mostly, a provider block."""
    setup = go.extended(setup, seed, number)
    dice = random.Random(f"terraform:{seed}:{number}")  # noqa: S311  repeatable
    environment, files = dict(setup.environment), dict(setup.files)
    # Without a region that the provider knows, all else would be hidden.
    if dice.random() < 0.45:
        environment["AWS_REGION"] = dice.choice(REGIONS)
    if dice.random() < 0.02:
        environment["AWS_METADATA_URL"] = dice.choice(("{SERVER}/ok", ""))
    if dice.random() < 0.6:
        _Block(dice, files).write()
    return replace(setup, environment=environment, files=files)


class _Block:
    """Makes a provider block and the files that it names."""

    def __init__(self, dice: random.Random, files: dict[str, str]) -> None:
        self.dice = dice
        self.files = files

    def chance(self, share: float) -> bool:
        return self.dice.random() < share

    def write(self) -> None:
        blocks = [self._arguments()]
        if self.chance(0.1):
            blocks.append([("alias", "other"), ("access_key", "@@key-id:AKIA:1:other@@")])
        if self.chance(0.01):
            blocks.append([(_REGION, "eu-west-1")])
        self.dice.shuffle(blocks)
        if self.chance(0.2) and not any(isinstance(v, Raw) for b in blocks for _, v in b):
            bodies = [_as_json(block) for block in blocks]
            self.files["providers.tf.json"] = json.dumps({"provider": {"aws": bodies}})
            return
        text = 'terraform {\n  required_version = ">= 1"\n}\n\n'
        text += "\n".join(_as_hcl(block, self.dice) for block in blocks)
        name = self.dice.choice(("main.tf", "main.tf", "providers.tf"))
        if self.chance(0.004):
            text += 'resource "x" {\n'
        self.files[name] = text + 'output "x" {\n  value = data.aws_region.current.name\n}\n'

    def _arguments(self) -> Arguments:
        pick = self.dice.choice
        arguments: Arguments = []
        if self.chance(0.6):
            arguments.append((_REGION, self._region()))
        if self.chance(0.25):
            arguments.append(("profile", pick((*NAMES, "missing", "", "dev", "default"))))
        if self.chance(0.2):
            arguments += self._keys()
        if self.chance(0.12):
            arguments.append(("shared_credentials_files", self._files("credentials")))
        if self.chance(0.12):
            arguments.append(("shared_config_files", self._files("config")))
        if self.chance(0.3):
            arguments += [("assume_role", self._role()) for _ in range(pick((1, 1, 1, 2)))]
        if self.chance(0.1):
            arguments += [("assume_role_with_web_identity", self._web_identity())]
        for name, values, share in (
            ("skip_metadata_api_check", (True, False, "true", "", "maybe"), 0.08),
            ("skip_region_validation", (True, False), 0.08),
            ("ec2_metadata_service_endpoint", ("{SERVER}/ok", "{REFUSED}", ""), 0.04),
            ("custom_ca_bundle", ("{HOME}/bundles/good", "~/bundles/good", "{HOME}/x"), 0.04),
            ("custom_ca_bundle", ("{HOME}/bundles/text", "$HOME/bundles/good"), 0.02),
            ("max_retries", (0, 2, "3"), 0.05),
            ("retry_mode", ("standard", "adaptive", "legacy"), 0.04),
            ("http_proxy", ("", "http://127.0.0.1:9"), 0.02),
            ("sts_region", ("us-east-1", ""), 0.06),
            ("default_tags", ([("tags", Raw('{ team = "x" }'))],), 0.1),
        ):
            if self.chance(share) and name not in dict(arguments):
                arguments.append((name, pick(values)))
        return arguments

    def _region(self) -> Any:
        if self.chance(0.1):
            return self.dice.choice((Raw("var.region"), Raw("null"), Raw('"${var.a}-1"')))
        return self.dice.choice((*REGIONS, *REGIONS, "eu-north-9", "", "eu west", "us-east-1"))

    def _keys(self) -> Arguments:
        keys = [
            ("access_key", "@@key-id:AKIA:123456789012:tf@@"),
            ("secret_key", "@@secret-key:tf@@"),
            ("token", "@@session-token:tf@@"),
        ]
        if self.chance(0.6):
            keys.pop()
        if self.chance(0.15):
            keys.pop(self.dice.randrange(len(keys)))
        if self.chance(0.05):
            keys[0] = ("access_key", self.dice.choice(("", Raw("null"))))
        if self.chance(0.01):
            keys[0] = ("access_key", Raw("var.key"))
        return keys

    def _files(self, kind: str) -> list[str]:
        if self.chance(0.1):
            return []
        own = f"tf/{kind}"
        header = "profile dev" if kind == "config" else "dev"
        self.files[own] = (
            f"[{header}]\naws_access_key_id = @@key-id:AKIA:{ACCOUNT}:{kind}@@\n"
            f"aws_secret_access_key = @@secret-key:{kind}@@\nregion = us-east-2\n[default]\n"
            f"aws_access_key_id = @@key-id:AKIA:{ACCOUNT}:{kind}2@@\n"
            f"aws_secret_access_key = @@secret-key:{kind}2@@\n"
        )
        self.files[f"{own}-more"] = f"[{header}]\nregion = ap-south-1\naws_session_token = x\n"
        known = (f"{{HOME}}/{own}", f"~/{own}", f"$HOME/{own}", f"${{HOME}}/{own}", own)
        others = (f"{{HOME}}/{own}-more", "{HOME}/none", "~nobody/x", "~", f".aws/{kind}")
        found = [self.dice.choice(known) if self.chance(0.85) else self.dice.choice(others)]
        if self.chance(0.3):
            found.append(f"{{HOME}}/{own}-more")
        return found

    def _role(self) -> Arguments:
        arns: tuple[Any, ...] = (_ARN, _ARN, _ARN, f"{_ARN}-2", "short", "", Raw("var.role"))
        role: Arguments = [("role_arn", self.dice.choice(arns))]
        if self.chance(0.06):
            role = []
        if self.chance(0.2):
            role.append(("session_name", self.dice.choice(("me", "terraform", "x", Raw("var.s")))))
        if self.chance(0.1):
            role.append(("external_id", self.dice.choice(("abc", "a"))))
        return role

    def _web_identity(self) -> Arguments:
        self.files["tokens/tf"] = "made.up.token"
        block: Arguments = [("role_arn", self.dice.choice((_ARN, _ARN, _ARN, "")))]
        paths = ("{HOME}/tokens/tf", "~/tokens/tf", "tokens/tf", "{HOME}/tokens/none", "{HOME}")
        if self.chance(0.7):
            block.append(("web_identity_token_file", self.dice.choice(paths)))
        if self.chance(0.3):
            block.append(("web_identity_token", self.dice.choice(("made.up.token", "abc"))))
        return block


def _as_json(arguments: Arguments) -> dict[str, Any]:
    body: dict[str, Any] = {}
    for name, value in arguments:
        if isinstance(value, list) and value and isinstance(value[0], tuple):
            body.setdefault(name, []).append(_as_json(value))
        elif name.startswith("assume_role"):
            body.setdefault(name, []).append({})
        else:
            # What begins an interpolation is doubled.
            body[name] = _doubled(value)
    return body


def _doubled(value: Any) -> Any:
    if isinstance(value, list):
        return [_doubled(one) for one in value]
    return value.replace("${", "$${") if isinstance(value, str) else value


def _as_hcl(arguments: Arguments, dice: random.Random) -> str:
    lines = ['provider "aws" {', "  # settings"]
    for name, value in arguments:
        nested = isinstance(value, list) and (
            name.startswith("assume_role") or (bool(value) and isinstance(value[0], tuple))
        )
        if nested:
            lines.append(f"  {name} {{")
            lines += [f"    {key} = {_literal(inner)}" for key, inner in value]
            lines.append("  }")
        else:
            blanks = dice.choice((" ", "   "))
            comment = dice.choice(("", "", " # comment", " // comment"))
            lines.append(f"  {name}{blanks}= {_literal(value)}{comment}")
    return "\n".join([*lines, "}", ""])


def _literal(value: Any) -> str:
    if isinstance(value, Raw):
        return str(value)
    if isinstance(value, list):
        return "[" + ", ".join(_literal(one) for one in value) + "]"
    return json.dumps(_doubled(value))


def disagreement(trace: Trace, verdict: dict[str, Any]) -> Optional[str]:
    """Return in what our trace and the verdict of the real thing differ, None when they agree."""
    if verdict["stage"] == "none":
        return None if trace.outcome == "none" else f"ours {trace.outcome}, real none"
    if trace.outcome == "none":
        return f"ours none, real {verdict}"
    winner = trace.winner
    program = winner is not None and "credential_process" in winner.detail
    if program and verdict.get("error") == "NoValidCredentialSourcesError":
        return None  # what the program gives is not known
    if verdict.get("role", "").endswith("/not-literal"):
        verdict = {**verdict, "role": ""}
    if verdict["region"] == "*":
        verdict = {**verdict, "region": ""}
        trace = replace(trace, region=replace(trace.region, value=None))
    return go.compared(trace, verdict, lambda *_: False)
