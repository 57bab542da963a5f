"""Runs the samples of rules about code and infrastructure through the whole of examine."""

from __future__ import annotations

from importlib.util import find_spec

from credlint.model.document import Document
from credlint.pipeline.code_rules import CodeRules
from credlint.pipeline.examine import examine
from credlint.samples import expand
from credlint.secrets.facts import NO_FACTS


class Beside:
    """The files of a sample, as ``Surroundings``."""

    def __init__(self, files):
        self.files = {uri: expand(text).encode() for uri, text in files.items()}

    def names(self, folder):
        inside = folder.rstrip("/") + "/" if folder else ""
        return frozenset(
            uri[len(inside) :].partition("/")[0] for uri in self.files if uri.startswith(inside)
        )

    def read(self, uri):
        return self.files.get(uri)


# There is no tree-sitter-hcl for Python 3.9; that Terraform is not read there is told (RUN907).
_READS_HCL = find_spec("tree_sitter_hcl") is not None
_HCL = (".tf", ".tofu", ".hcl", ".tfbackend")


def can_be_read(sample):
    return _READS_HCL or not sample["path"].endswith(_HCL)


def document_of(sample):
    return Document(sample["path"], expand(sample["text"]).encode())


def rules_of(rules, sample):
    """Return the rules as a run would apply them, with the sample's files beside."""
    from credlint.code.analysis import Analyser  # noqa: PLC0415

    made = CodeRules(rules, NO_FACTS, None)
    beside = Beside({**sample.get("files", {}), sample["path"]: sample["text"]})
    made.__dict__["analyser"] = Analyser(rules, NO_FACTS.identify, beside)
    return made


def examined(engine, rules, sample, document=None):
    """Return the outcome of a sample, None for nothing."""
    return examine(document or document_of(sample), engine, rules_of(rules, sample))


def told(outcome, code):
    """Return ``level line:column`` of each finding of that rule."""
    findings = outcome.findings if outcome is not None else ()
    return [f"{f.level} {f.location.line}:{f.location.column}" for f in findings if f.code == code]
