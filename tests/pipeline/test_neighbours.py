"""Halves of a key in two files beside each other; what could belong to several stays alone."""

from __future__ import annotations

import pytest

from credlint import samples
from credlint.pipeline.request import ScanRequest
from credlint.pipeline.scan import run_scan
from credlint.rulebook import load_rules
from credlint.secrets.facts import ScanFacts
from tests.support.cache import CACHE


def _id(seed="a"):
    return samples.key_id("AKIA", "210987654321", seed) + "\n"


def _secret(seed="a"):
    return f"aws_secret_access_key={samples.secret_key(seed)}\n"


def _scan(root, files):
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    rules = load_rules(("secrets",))
    facts = ScanFacts(identity_key=b"k" * 32)
    found = run_scan(
        ScanRequest(cache_directory=CACHE, rules=rules, root=root, facts=facts, jobs=1)
    ).findings
    return {f.location.uri: (dict(f.properties)["pair"], f.level, f.related) for f in found}


def _pairs(root, files):
    return {name: pair for name, (pair, _, _) in _scan(root, files).items()}


def test_two_files_that_are_one_value_each(tmp_path):
    told = _scan(
        tmp_path,
        {"run/AWS_ACCESS_KEY_ID": _id(), "run/AWS_SECRET_ACCESS_KEY": samples.secret_key("a")},
    )

    assert {name: (pair, level) for name, (pair, level, _) in told.items()} == {
        "run/AWS_ACCESS_KEY_ID": ("neighbour", "error"),
        "run/AWS_SECRET_ACCESS_KEY": ("neighbour", "error"),
    }
    assert [place.uri for place in told["run/AWS_ACCESS_KEY_ID"][2]] == [
        "run/AWS_SECRET_ACCESS_KEY"
    ]


def test_parts_of_a_dotenv_file(tmp_path):
    assert _pairs(tmp_path, {".env.id": _id(), ".env.secret": _secret()}) == {
        ".env.id": "neighbour",
        ".env.secret": "neighbour",
    }


@pytest.mark.parametrize(
    "names", [("a/id.txt", "b/secret.txt"), ("a/id.txt", "a/secret.yaml"), ("id", "secret.env")]
)
def test_another_folder_or_kind_is_no_neighbour(tmp_path, names):
    files = dict(zip(names, (_id(), _secret())))

    assert set(_pairs(tmp_path, files).values()) == {"none"}


def test_several_are_told_apart_by_their_names(tmp_path):
    files = {
        "prod_access_key_id.txt": _id("p"),
        "prod_secret_access_key.txt": _secret("p"),
        "dev_access_key_id.txt": _id("d"),
        "dev_secret_access_key.txt": _secret("d"),
        "lone_access_key_id.txt": _id("l"),
    }
    told = _scan(tmp_path, files)

    assert {name: [p.uri for p in related] for name, (_, _, related) in told.items()} == {
        "prod_access_key_id.txt": ["prod_secret_access_key.txt"],
        "prod_secret_access_key.txt": ["prod_access_key_id.txt"],
        "dev_access_key_id.txt": ["dev_secret_access_key.txt"],
        "dev_secret_access_key.txt": ["dev_access_key_id.txt"],
        "lone_access_key_id.txt": [],
    }


def test_what_could_belong_to_several_stays_alone(tmp_path):
    files = {"a.txt": _id("a"), "b.txt": _id("b"), "c.txt": _secret("c")}

    assert set(_pairs(tmp_path, files).values()) == {"none"}


def test_a_pair_in_one_file_is_left_to_itself(tmp_path):
    files = {"a.txt": _id("a") + _secret("a"), "b.txt": _secret("b")}

    assert _pairs(tmp_path, files) == {"a.txt": "here", "b.txt": "none"}
