"""IAC120 in composite actions: keys that are spelled out; secrets are not to be had there."""

from __future__ import annotations

from collections.abc import Iterator

from credlint.code.ci.github.scopes import keys_of
from credlint.code.ci.github.static_keys import sighting_of
from credlint.code.ci.github.workflow import steps_of_action
from credlint.code.credential_names import KEY_ID, SECRET_KEY
from credlint.code.marked.document import MarkedDocument
from credlint.code.sighting import Context, Sighting
from credlint.model.finding import Level


def check(document: MarkedDocument, context: Context) -> Iterator[Sighting]:
    """Yield the steps of an action that are given literal keys."""
    level: Level = "note" if context.is_documentation or context.is_test else "error"
    for root in document.roots:
        for step in steps_of_action(root):
            for mapping in (step.inputs, step.env):
                keys = keys_of(mapping)
                if keys.is_literal(SECRET_KEY) or keys.is_literal(KEY_ID):
                    yield sighting_of("The action", keys, "a step", level, "")
