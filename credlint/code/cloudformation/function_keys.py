"""IAC110: keys in the environment of Lambda functions, of CloudFormation, SAM and Serverless.

Lambda Developer Guide, "Defined runtime environment variables": the reserved names cannot be set;
a deployment that tries fails. cfn-lint's E3663 has the same list.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Optional

from credlint.code.cloudformation.template import Template, literal, reference, templates_of
from credlint.code.credential_names import KEY_ID, RESERVED_BY_LAMBDA, kind_of_ending
from credlint.code.issued_keys import is_issued
from credlint.code.marked.document import MarkedDocument
from credlint.code.marked.edits import remove_entries
from credlint.code.marked.nodes import Entry, Mapping, Node, Scalar, at, entries_of, items_of
from credlint.code.sighting import Context, Sighting, Span, as_notes
from credlint.model.fix import FileEdits, Fix
from credlint.model.key_id import parse_key_id
from credlint.model.lean_tuples import NamedTuple
from credlint.model.secret import Secret

_ACCESS_KEY = "AWS::IAM::AccessKey"


class _Environment(NamedTuple):
    """The variables of a function, ``owner`` in words."""

    owner: str
    variables: Mapping
    template: Optional[Template] = None
    is_generated: bool = False


def check(document: MarkedDocument, context: Context) -> Iterator[Sighting]:
    """Yield the variables that hold keys of AWS; reserved names of one function are one finding."""
    for environment in (*_of_templates(document, context.uri), *_of_serverless(document)):
        entries = entries_of(environment.variables)
        reserved = [entry for entry in entries if entry.key.value in RESERVED_BY_LAMBDA]
        if reserved:
            yield from as_notes((_reserved(document, environment, reserved),), context)
        for entry in entries:
            sighting = (
                _named(environment, entry) if entry.key.value not in RESERVED_BY_LAMBDA else None
            )
            if sighting is not None:
                yield from as_notes((sighting,), context)


def _of_templates(document: MarkedDocument, uri: str) -> Iterator[_Environment]:
    for template in templates_of(document, uri):
        for resource in template.resources("AWS::Lambda::Function", "AWS::Serverless::Function"):
            variables = at(resource.properties, "Environment", "Variables")
            if isinstance(variables, Mapping):
                yield _Environment(
                    f"Lambda {resource.name}", variables, template, resource.is_generated
                )
        variables = at(template.root, "Globals", "Function", "Environment", "Variables")
        if isinstance(variables, Mapping):
            yield _Environment("every Lambda of the template", variables, template)


def _of_serverless(document: MarkedDocument) -> Iterator[_Environment]:
    for root in document.roots:
        variables = at(root, "provider", "environment")
        if isinstance(variables, Mapping):
            yield _Environment("every Lambda of the service", variables)
        functions = at(root, "functions")
        for each in items_of(functions) or (functions,):
            for entry in entries_of(each):
                variables = at(entry.value, "environment")
                if isinstance(variables, Mapping):
                    yield _Environment(f"Lambda {entry.key.value}", variables)


def _reserved(
    document: MarkedDocument, environment: _Environment, entries: list[Entry]
) -> Sighting:
    names = ", ".join(dict.fromkeys(entry.key.value or "" for entry in entries))
    owner = environment.owner
    real: list[tuple[str, Scalar]] = []
    for entry in entries:
        given = _given(environment, entry.value)
        kind = kind_of_ending(entry.key.value or "")
        if given is not None and kind and is_issued(kind, given.value or ""):
            real.append((entry.key.value or "", given))
    telling = max(real, key=lambda each: "SECRET" in each[0], default=None)
    return Sighting(
        entries[0].key.start,
        entries[0].key.end,
        f"The environment of {owner} sets {names}, reserved for Lambda itself: the deployment "
        "fails, and a stand-in that lets it pass never uses the execution role.",
        subject=f"{owner} {names}",
        literals=tuple(Span(each.start, each.end, f"the value of {name}") for name, each in real),
        value=Secret(telling[1].value or "") if telling is not None else None,
        fix=_fix(document, environment, entries),
    )


def _named(environment: _Environment, entry: Entry) -> Optional[Sighting]:
    name = entry.key.value or ""
    owner = environment.owner
    given = _given(environment, entry.value)
    text = given.value or "" if given is not None else ""
    kind = kind_of_ending(name)
    is_key_id = is_issued(KEY_ID, text)
    subject = f"{owner} {name}"
    if given is not None and (is_key_id or (kind and is_issued(kind, text))):
        facts = parse_key_id(text) if is_key_id else None
        account = (("account", facts.account),) if facts is not None and facts.account else ()
        return Sighting(
            entry.key.start,
            entry.key.end,
            f"The environment of {owner} holds a key of AWS in {name}: everyone who may read the "
            "function's configuration has it, and the execution role goes unused.",
            subject=subject,
            literals=(Span(given.start, given.end, f"the value of {name}"),),
            value=Secret(text),
            properties=account,
        )
    if not kind or given is not None:
        return None  # empty, or made up
    return Sighting(
        entry.key.start,
        entry.key.end,
        f"The environment of {owner} is handed keys of AWS in {name}"
        f"{_made_here(environment, entry.value)}, though the execution role has its own.",
        level="warning",
        subject=subject,
    )


def _given(environment: _Environment, node: Node) -> Optional[Scalar]:
    if environment.template is not None:
        return environment.template.given(node)
    found = literal(node)
    return found if found is not None and "${" not in (found.value or "") else None


def _made_here(environment: _Environment, node: Node) -> str:
    named = reference(node)
    if environment.template is None or named is None:
        return ""
    is_key = environment.template.kinds.get(named[0]) == _ACCESS_KEY
    return " that the template makes for a user" if is_key else ""


def _fix(
    document: MarkedDocument, environment: _Environment, entries: list[Entry]
) -> Optional[Fix]:
    if environment.is_generated:
        return Fix("display", "Take the variable out of the CDK construct that this was made from.")
    edits = remove_entries(document.text, environment.variables, entries)
    summary = "Take the reserved names out of the function's environment."
    return Fix("unsafe", summary, (FileEdits("", tuple(edits)),)) if edits else None
