"""Manifests: names, versions and scopes with their places; any text is read or refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credlint.code.analysis import Analyser
from credlint.code.file_names import format_of
from credlint.code.manifest.reader import _BY_NAME, read
from credlint.code.sighting import NotReadError
from credlint.model.document import Document
from credlint.rulebook import load_rules

CASES = [
    (
        "package.json",
        '{"dependencies": {"a": "1"}, "devDependencies": {"@b/c": "^2"}, "files": ["d"]}',
        [("a", "1", "direct"), ("@b/c", "^2", "development")],
    ),
    (
        "package-lock.json",
        '{"dependencies": {"a": {"version": "1.0.0", "dev": true}, "b": {"version": "2.0.0"}}}',
        [("a", "1.0.0", "development"), ("b", "2.0.0", "transitive")],
    ),
    (
        "package-lock.json",
        (
            '{"packages": {"": {"dependencies": {"a": "1"}}, "node_modules/a": {"version": "1"},'
            ' "node_modules/c/node_modules/b": {"version": "2.0.0"}}}'
        ),
        [("b", "2.0.0", "transitive")],
    ),
    (
        "go.mod",
        (
            "module m\r\nrequire (\r\n\ta.b/c v1.0.0 // indirect\r\n\ta.b/d v2.0.0\r\n)\r\n"
            "exclude (\r\n\ta.b/e v1.0.0\r\n)\r\nrequire a.b/f v3.0.0\r\n"
        ),
        [
            ("a.b/c", "v1.0.0", "transitive"),
            ("a.b/d", "v2.0.0", "direct"),
            ("a.b/f", "v3.0.0", "direct"),
        ],
    ),
    (
        "build.gradle",
        "api 'a.b:c:1.0'\ntestRuntimeOnly \"a.b:d:2.0\"\n// api 'a.b:e:1'\n",
        [("a.b:c", "1.0", "direct"), ("a.b:d", "2.0", "development")],
    ),
    (
        "libs.versions.toml",
        (
            '[libraries]\nx = { module = "a.b:c", version.ref = "c" }\n'
            'y = { group = "a.b", name = "d" }\n'
        ),
        [("a.b:c", "", "direct"), ("a.b:d", "", "direct")],
    ),
    ("build.sbt", '"a.b" %% "c" % "1.0" % Test\n', [("a.b:c", "1.0", "development")]),
    (
        "requirements-dev.txt",
        "-r base.txt\nA_b[c]>=1,<2 ; python_version>'3'  # d\nE @ https://example.com/e.whl\n",
        [("a_b", ">=1,<2", "development"), ("e", "", "development")],
    ),
    (
        "pyproject.toml",
        (
            '[build-system]\nrequires = ["z"]\n'
            '[project]\nname = "y"\ndependencies = ["a==1", \'b\']\n'
            '[project.optional-dependencies]\ntest = ["c>2"]\nfast = ["d"]\n'
            '[dependency-groups]\ndev = [\n  "e",\n]\n[tool.poetry.dependencies]\npython = "^3"\n'
            'f = {version = "^1", extras = ["g"]}\n'
        ),
        [
            ("a", "==1", "direct"),
            ("b", "", "direct"),
            ("c", ">2", "development"),
            ("d", "", "direct"),
            ("e", "", "development"),
            ("python", "^3", "direct"),
            ("f", "^1", "direct"),
        ],
    ),
    (
        "Pipfile",
        '[packages]\na = "*"\n[dev-packages]\nb = "==1"\n[requires]\npython_version = "3"\n',
        [("a", "*", "direct"), ("b", "==1", "development")],
    ),
    (
        "Gemfile",
        "gem 'a', '~> 1'\ngroup :test do\n  gem \"b\"\nend\ngem('c')\n",
        [("a", "~> 1", "direct"), ("b", "", "development"), ("c", "", "direct")],
    ),
    (
        "yarn.lock",
        (
            '__metadata:\n  version: 8\n\n"@a/b@npm:^1, @a/b@npm:^2":\n  version: 2.0.0\n\n'
            'c@^1:\n  version "1.0.0"\n'
        ),
        [("@a/b", "2.0.0", "transitive"), ("c", "1.0.0", "transitive")],
    ),
    (
        "pnpm-lock.yaml",
        (
            "packages:\n\n  /a/1.0.0:\n    dev: true\n  /@b/c@2.0.0(d@1.0.0):\n    x: 1\n"
            "  e@3.0.0:\n    y: 1\n"
        ),
        [
            ("a", "1.0.0", "transitive"),
            ("@b/c", "2.0.0", "transitive"),
            ("e", "3.0.0", "transitive"),
        ],
    ),
    (
        "App.csproj",
        (
            '<Project><ItemGroup><PackageReference Include="A.B" Version="1.0" />'
            '<PackageReference Include="C"><Version>2.0</Version>'
            "</PackageReference></ItemGroup></Project>"
        ),
        [("A.B", "1.0", "direct"), ("C", "2.0", "direct")],
    ),
]


@pytest.mark.parametrize(("name", "text", "expected"), CASES, ids=[case[0] for case in CASES])
def test_dependencies(name, text, expected):
    data = text.encode()
    found = read(data, f"x/{name}").dependencies

    assert [(each.name, each.version, each.scope) for each in found] == expected
    for each in found:
        written = data[each.start : each.end].decode()
        last = each.name.rpartition(":")[2] if each.registry == "maven" else each.name
        assert last.lower() in written.lower()
    assert format_of(f"x/{name}", data) == "manifest"


@pytest.mark.parametrize("name", [*_BY_NAME, "requirements.txt", "a.csproj"])
@given(
    text=st.text() | st.sampled_from([case[1] for case in CASES]).map(lambda t: t[: len(t) // 2])
)
def test_any_text_is_read_or_refused(name, text):
    data = text.encode("utf-8", "replace")
    try:
        found = read(data, name).dependencies
    except NotReadError:
        return
    assert all(0 <= each.start <= each.end <= len(data) for each in found)


def messages(name, text):
    rules = [rule for rule in load_rules(("code",)) if rule.id == "SRC213"]
    result = Analyser(rules).analyse(Document(name, text.encode()), "manifest")
    return [(found.finding.level, found.finding.message) for found in result.found]


def test_what_a_pinned_version_lacks_is_told():
    assert messages("go.mod", "require github.com/aws/aws-sdk-go v1.40.0") == [
        (
            "warning",
            (
                "The AWS SDK for Go v1 is past end of support since 2025-07-31; "
                "it lacks sso-session and EKS Pod Identity."
            ),
        )
    ]
    assert messages("package.json", '{"dependencies": {"aws-sdk": "^2.10.0"}}') == [
        ("warning", "The AWS SDK for JavaScript v2 is past end of support since 2025-09-08.")
    ]


def test_packages_for_net():
    """Not a sample: no word of the first stage's is in such a file."""
    text = '<Project><PackageReference Include="AWSSDK.S3" Version="{}" /></Project>'

    assert messages("A.csproj", text.format("3.7.1")) == [
        ("warning", "The AWS SDK for .NET v3 is past end of support since 2026-06-01.")
    ]
    assert messages("A.csproj", text.format("4.0.1")) == []
