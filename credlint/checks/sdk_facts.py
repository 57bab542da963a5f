"""What an SDK's file (rules/sdks/ID.toml) says beyond what its trace tells."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from credlint.rulebook import SDK_ROOM, RulebookError, load_toml, rules_root


@cache
def sdk_facts(sdk: str) -> Mapping[str, Any]:
    """Return the whole table of an SDK, an empty one for an SDK without a file."""
    try:
        return load_toml(rules_root() / SDK_ROOM / f"{sdk}.toml")
    except RulebookError:
        return {}


def ignores(sdk: str, setting: str) -> bool:
    """Tell whether an SDK pays no attention to a setting of a role."""
    facts = sdk_facts(sdk)
    return facts.get(setting) == "ignored" or setting in facts.get("role_settings_ignored", ())
