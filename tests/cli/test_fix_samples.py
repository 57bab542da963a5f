"""All samples of all rules as one tree, edited by the command: nothing breaks, nothing is left."""

from __future__ import annotations

import ast
import json
import subprocess
import warnings
from importlib import import_module
from importlib.util import find_spec

import pytest
import yaml

from credlint.rulebook import load_rules
from credlint.samples import expand
from tests.code.samples import can_be_read

RULES = load_rules(("code", "iac"), samples=True)
EDIT = ("--isolated", "--no-gitignore", "--select", "SRC,IAC", "--fix=unsafe", "--format", "json")
# The tree must hold at least so many files that are edited, or the test proves nothing.
FEWEST = 100


class _Tagged(yaml.SafeLoader):
    """Reads any tag, as those of CloudFormation."""


_Tagged.add_multi_constructor("!", lambda *_: None)


def grammar_faults(name, data):
    """Return how many places tree-sitter's grammar of that name finds broken."""
    if find_spec(f"tree_sitter_{name}") is None:
        return 0
    binding = import_module("tree_sitter")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # older grammars give a number
        language = binding.Language(import_module(f"tree_sitter_{name}").language())
    pending = [binding.Parser(language).parse(data).root_node]
    faults = 0
    while pending:
        node = pending.pop()
        faults += node.is_error or node.is_missing
        pending += node.children
    return faults


def shell_faults(data):
    return subprocess.run(["bash", "-n"], input=data, capture_output=True, check=False).returncode


def read_by(reader, data):
    """Return 0 where the reader of a format takes the bytes, 1 where it does not."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            reader(data)
    except (ValueError, SyntaxError, yaml.YAMLError):
        return 1
    return 0


def faults(path, data):
    """Return how much of a file its own format does not take; None for formats without a judge."""
    suffix = path.suffix
    if suffix == ".py":
        return read_by(ast.parse, data)
    if suffix in (".json", ".ipynb"):
        return read_by(lambda text: json.loads(text.decode("utf-8-sig")), data)
    if suffix in (".yml", ".yaml"):
        return read_by(lambda text: list(yaml.load_all(text, _Tagged)), data)
    if suffix in (".tf", ".tofu", ".hcl", ".tfbackend"):
        return grammar_faults("hcl", data)
    if suffix == ".sh":
        return shell_faults(data)
    return grammar_faults("dockerfile", data) if "ockerfile" in path.name else None


@pytest.fixture(scope="module")
def laid_out():
    """Return the files of all samples, by their paths: a folder for each sample."""
    files = {}
    for rule in RULES:
        for kind in ("match", "no_match"):
            for number, sample in enumerate(getattr(rule, kind)):
                if not can_be_read(sample):
                    continue
                beside = {**sample.get("files", {}), sample["path"]: sample["text"]}
                for uri, text in beside.items():
                    files[f"{rule.id}-{kind}-{number}/{uri}"] = expand(text).encode()
    return files


def facts_of(tree):
    """Return bytes, rights and time of the last change of every file."""
    return {
        str(path.relative_to(tree)): (path.read_bytes(), status.st_mode, status.st_mtime_ns)
        for path in tree.rglob("*")
        if path.is_file()
        for status in [path.stat()]
    }


def test_all_edits_of_all_rules_at_once(credlint, laid_out, tmp_path):
    tree = tmp_path / "tree"
    for uri, data in laid_out.items():
        path = tree / uri
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        path.chmod(0o755 if len(data) % 2 else 0o640)
    before = facts_of(tree)
    first = credlint("scan", *EDIT, cwd=tree)
    after = facts_of(tree)
    second = credlint("scan", *EDIT, cwd=tree)
    report = json.loads(first.out)
    edited = [uri for uri in before if before[uri] != after[uri]]

    assert (first.code, second.code, first.err, second.err) == (1, 1, "", "")
    assert len(edited) >= FEWEST
    assert [note for note in report["notes"] if note.startswith("Not edited")] == []
    assert [skip for skip in report["skipped"] if skip["code"] == "RUN902"] == []
    # What is left has no edit, and the second run makes none.
    assert [f["location"] for f in report["findings"] if f["fix"] in ("safe", "unsafe")] == []
    assert facts_of(tree) == after
    assert json.loads(second.out)["notes"] == []
    assert json.loads(second.out)["findings"] == report["findings"]
    # Every edited file is as whole as it was, and has its rights.
    worse = {
        uri: faults(tree / uri, after[uri][0])
        for uri in edited
        if (faults(tree / uri, after[uri][0]) or 0) > (faults(tree / uri, before[uri][0]) or 0)
    }
    assert worse == {}
    assert [uri for uri in edited if before[uri][1] != after[uri][1]] == []


def test_diff_of_all_edits_is_what_they_do(credlint, laid_out, tmp_path):
    """It writes nothing, and git takes it as a patch, tabs and missing last line ends included."""
    tree = tmp_path / "tree"
    samples = {
        f"{rule.id}-match-{number}/{sample['path']}"
        for rule in RULES
        for number, sample in enumerate(rule.match)
        # Where a secret is cut out the patch says so in its place.
        if "fixed" in sample and "@@" not in sample["text"] and "\r" not in sample["text"]
    }
    shown = {uri: laid_out[uri] for uri in laid_out if uri in samples}
    for uri, data in shown.items():
        path = tree / uri
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    before = facts_of(tree)
    done = credlint("scan", *EDIT, "--diff", "-o", str(tmp_path / "report"), cwd=tree)
    unchanged = facts_of(tree)
    applied = subprocess.run(
        ["git", "apply", "--whitespace=nowarn"],
        cwd=tree,
        input=done.out,
        capture_output=True,
        text=True,
        check=False,
    )

    assert unchanged == before
    assert applied.stderr == ""
    assert sum(facts_of(tree)[uri] != before[uri] for uri in before) >= FEWEST // 2
