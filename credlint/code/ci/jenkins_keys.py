"""IAC127 in Jenkins: stored keys that a pipeline binds, and keys that it spells out.

Bindings: credentials-binding (``withCredentials``), aws-credentials (``AmazonWebServices…``,
``aws(…)``), pipeline-aws (``withAWS(credentials: …)``), declarative ``environment { … }``. A
binding in the store may carry a role of its own; the key behind it is stored all the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from credlint.code.ci.assigned import Assigned, in_text, is_kept, kind_of
from credlint.code.ci.pipeline_keys import System, told
from credlint.code.credential_names import SECRET_KEY, kind_of_spelling
from credlint.code.other_stores import OtherStores, is_other_owner
from credlint.code.program.lexer import Call, Literal, Program
from credlint.code.sighting import Context, Sighting, Span

_SYSTEM = System(
    "Jenkins",
    (),
    (),
    "Let the agent's instance or container role do the work (`withAWS(role: …)` from there), or "
    "let a role trust the tokens of the plugin oidc-provider.",
)
_ENVIRONMENT = re.compile(
    r"(?<![\w.$])(AWS_[A-Z_]{5,40})[ \t]{0,20}=[ \t]{0,20}(?=(credentials)\b|[\"'])"
)
_NAMED = re.compile(r"\b(?:credentials|credentialsId)\s{0,20}:\s{0,20}\Z")
_AWS_BINDING = re.compile(r"(?<![\w$.])aws\s{0,20}\(")
_PIPELINE = re.compile(r"\b(?:pipeline|node|environment|withCredentials|withAWS|withEnv)\b")
_BINDING = "AmazonWebServicesCredentialsBinding"


def check(program: Program, context: Context) -> Iterator[Sighting]:
    """Yield the bindings and the literal keys of a pipeline."""
    if _PIPELINE.search(program.code) is None:
        return
    stores = OtherStores(program.text)
    found = [*_bindings(program), *_environment(program), *_scripts(program)]
    for assigned in found:
        if not is_kept(assigned):
            continue
        blocks = program.around(assigned[0].span.start)
        start, end = blocks[-2] if len(blocks) > 1 else (0, len(program.text))
        sighting = told(_SYSTEM, assigned, context, elsewhere=stores.between(start, end))
        if sighting is not None:
            yield sighting


def _bindings(program: Program) -> Iterator[list[Assigned]]:
    for call in program.calls("withCredentials", "withAWS"):
        strings = program.strings_between(call.open, call.end)
        named = [each for each in strings if _NAMED.search(_before(program, call, each))]
        source = named[0].value if named else ""
        if source and is_other_owner(source):
            continue
        span = Span(call.start, call.start + len(call.name))
        if call.name == "withAWS":
            wanted = bool(named)
        else:
            inside = program.code[call.open : call.end]
            wanted = any(
                kind_of_spelling(each.value) == SECRET_KEY or each.value == _BINDING
                for each in strings
            ) or bool(_AWS_BINDING.search(inside))
        if wanted:
            value = f"${{{source}}}" if re.fullmatch(r"[\w-]{1,80}", source) else ""
            yield [Assigned(SECRET_KEY, call.name, value, "reference", span)]


def _before(program: Program, call: Call, literal: Literal) -> str:
    return program.code[max(call.open, literal.start - 60) : literal.start]


def _environment(program: Program) -> Iterator[list[Assigned]]:
    """Yield what ``environment { … }`` sets, the entries of a block together."""
    blocks: dict[int, list[Assigned]] = {}
    for found in _ENVIRONMENT.finditer(program.code):
        name = kind_of_spelling(found.group(1))
        around = program.around(found.start())
        if not name or not around:
            continue
        strings = program.strings_between(found.end(), found.end() + 60)
        if not strings:
            continue
        literal, spelled = strings[0], found.group(1)
        span = Span(found.start(), literal.end)
        assigned = None
        if found.group(2):
            if not is_other_owner(literal.value):
                assigned = Assigned(name, spelled, "", "reference", span)
        elif not literal.has_holes and kind_of(name, literal.value) == "literal":
            there = Span(literal.inner, literal.inner_end, f"the literal for {spelled}")
            assigned = Assigned(name, spelled, literal.value, "literal", span, there)
        if assigned is not None:
            blocks.setdefault(around[-1][0], []).append(assigned)
    yield from blocks.values()


def _scripts(program: Program) -> Iterator[list[Assigned]]:
    """Yield literal keys in scripts and in ``withEnv``; what they refer to is bound elsewhere."""
    for each in program.strings:
        found = in_text(program.text, each.inner, each.inner_end)
        literal = [assigned for assigned in found if assigned.kind == "literal"]
        if literal:
            yield literal
