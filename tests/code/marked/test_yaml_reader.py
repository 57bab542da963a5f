from __future__ import annotations

import time

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from credlint.code.marked import yaml_reader
from credlint.code.marked.nodes import Mapping, Scalar, at, text_at, walk
from credlint.code.sighting import NotReadError
from tests.code.marked.plain import plain

# YAML 1.1 breaks lines at three more characters, and PyYAML's writer and reader differ on them.
CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\x85\u2028\u2029")
TEXT = st.text(CHARACTERS, max_size=12).filter(
    lambda text: "{{" not in text and "{%" not in text and text != "<<"
)
VALUES = st.recursive(
    TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)
STYLES = st.sampled_from([None, "'", '"', "|", ">"])
NAMES = st.sampled_from("abcdef")
MAPPINGS = st.dictionaries(NAMES, st.sampled_from("uvwxyz"), max_size=3)


def read(text):
    return yaml_reader.read(text.encode(), "a.yaml")


def root_of(text):
    (root,) = read(text).roots
    return root


@given(VALUES, STYLES, st.booleans(), st.booleans(), st.integers(2, 5))
def test_values_are_those_of_safe_load(value, style, flow, unicode, indent):
    text = yaml.safe_dump(
        {"ä": value},
        default_style=style,
        default_flow_style=flow,
        allow_unicode=unicode,
        indent=indent,
    )

    assert plain(root_of(text)) == yaml.safe_load(text) == {"ä": value}


@given(VALUES, st.sampled_from([None, "'", '"']), st.booleans())
def test_every_scalar_stands_where_it_is_told(value, style, unicode):
    text = yaml.safe_dump(["ä", value], default_style=style, allow_unicode=unicode, width=10_000)
    data = text.replace("\n", "\r\n").encode()
    (root,) = yaml_reader.read(data, "a.yaml").roots

    for _, node in walk(root):
        if isinstance(node, Scalar) and node.style != "plain" and "\n" not in (node.value or "\n"):
            assert yaml.safe_load(data[node.start : node.end]) == node.value


@given(st.lists(MAPPINGS, min_size=1, max_size=4), st.data())
def test_merge_keys_give_what_safe_load_gives(mappings, data):
    """Mappings that merge earlier ones, by one key, by lists, and by several keys."""
    lines = []
    for number, own in enumerate(mappings):
        lines.append(f"m{number}: &m{number}")
        lines.append("  own: x")
        for _ in range(data.draw(st.integers(0, 2)) if number else 0):
            earlier = st.integers(0, number - 1).map("*m{}".format)
            named = data.draw(st.lists(earlier, min_size=1, max_size=3))
            lines.append(f"  <<: {named[0]}" if len(named) == 1 else f"  <<: [{', '.join(named)}]")
        lines += [f"  {key}: {value}" for key, value in own.items()]
    text = "\n".join(lines)
    root = root_of(text)
    expected = yaml.safe_load(text)

    assert plain(root) == expected
    for name, mapping in expected.items():
        assert {key: text_at(root, name, key) for key in mapping} == mapping


def test_a_quoted_merge_key_is_a_name_and_an_alias_stands_for_its_node():
    root = root_of('a: &a {x: "1"}\nb:\n  "<<": *a\nc: *a\n')

    assert text_at(root, "b", "x") is None
    assert text_at(root, "b", "<<", "x") == "1"
    assert at(root, "c") is at(root, "a")


def test_documents_have_their_own_anchors():
    roots = read("a: &x 1\n---\nb: *x\n---\nc: 2\n").roots

    assert [plain(root) for root in roots] == [{"a": "1"}, {"b": None}, {"c": "2"}]


def test_an_alias_of_what_is_open_is_nothing_known():
    assert plain(root_of("a: &a\n  b: *a\n")) == {"a": {"b": None}}


def test_tags_are_as_written():
    root = root_of('a: !Sub "x"\nb: !!str 1\nc: !GetAtt [d, e]\nf: !If {g: h}\n')

    assert [at(root, name).tag for name in "abcf"] == ["!Sub", "!!str", "!GetAtt", "!If"]


def test_offsets_count_bytes():
    data = "\ufeff".encode() + b"# \xff\xe2\x82\xac\r\nk\xc3\xa4:\t'v'\r\nl: w\r\n"
    (root,) = yaml_reader.read(data, "a.yaml").roots

    assert [data[entry.key.start : entry.value.end] for entry in root.entries] == [
        b"k\xc3\xa4:\t'v'",
        b"l: w",
    ]


def test_a_block_ends_where_its_last_value_does():
    data = b"a:\n  b: 1\n\n# more\nc: 2\n"
    (root,) = yaml_reader.read(data, "a.yaml").roots
    inner = root.get("a")

    assert isinstance(inner, Mapping)
    assert (inner.block, data[inner.start : inner.end]) == (True, b"b: 1")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{- if .Values.x }}\na: {{ .Values.y }}\n{{- end }}\nb: c\n", {"a": None, "b": "c"}),
        ("a: {{ .Values.y }}\n", {"a": None}),
        ("a:\n  {{- toYaml .Values.y | nindent 2 }}\nb: c\n", {"a": "", "b": "c"}),
        ('a: "{{ x | default("b") }}"\nc: d\n', {"a": None, "c": "d"}),
        ("{# a\n comment #}\na: b-{{ c }}-{% if d %}e{% endif %}\n", {"a": None}),
        ("%{ if x }\na: [${b}, c]\n%{ endif }\n", {"a": [None, "c"]}),
        ("a: ${{ b }}\nc: [${d}]\n", {"a": None, "c": [None]}),
    ],
)
def test_templates_are_unknown_values_and_told(text, expected):
    document = read(text)

    assert [plain(root) for root in document.roots] == [expected]
    assert document.unread == ("templates were taken for unknown text",)


def test_a_template_in_quotes_is_unknown_and_a_dynamic_reference_is_not():
    document = read(
        "a: '{{ x }}'\nb: '{{resolve:secretsmanager:c}}'\nd: '{{resolve:ssm:{{ e }}}}'\n"
    )

    assert plain(document.roots[0]) == {"a": None, "b": "{{resolve:secretsmanager:c}}", "d": None}
    assert document.unread == ()


def test_documents_before_a_fault_are_read_and_the_rest_is_told():
    document = read("a: b\n---\nc: [\n---\nd: e\n")

    assert [plain(root) for root in document.roots] == [{"a": "b"}]
    assert document.unread == (
        "line 4 is no valid YAML; only what stands before its document was read",
    )


CHAIN = "a0: &a0 {k: v}\n" + "".join(
    f"a{n}: &a{n} {{<<: *a{n - 1}, k{n}: v}}\n" for n in range(1, 3000)
)
BOMB = "a0: &a0 {k: v}\n" + "".join(
    f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 9)}]}}\n" for n in range(1, 60)
)


@pytest.mark.parametrize("text", [CHAIN, BOMB], ids=["chain", "bomb"])
def test_merges_are_bounded_and_told(text):
    began = time.process_time()
    document = read(text)
    found = [at(node, "nothing") for _, node in walk(document.roots[0])]

    assert set(found) == {None}
    assert document.unread == ("merge keys of more than 1,000 entries were left out",)
    assert time.process_time() - began < 10


def test_aliases_do_not_multiply_what_is_walked():
    levels = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 50)]
    root = root_of("\n".join(["a0: &a0 x", *levels]))

    assert sum(1 for _ in walk(root)) == 51


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[" * 100_000, "nested more than 200 levels deep"),
        ("- " * 100_000, "nested more than 200 levels deep"),
        ("{a: " * 100_000, "nested more than 200 levels deep"),
        ("\n".join(" " * n + "a:" for n in range(1500)), "nested more than 200 levels deep"),
        ("[" + "a," * 400_001 + "]", "more than 400,000 nodes"),
        ("{{" * 500_000, "nested more than 200 levels deep"),
        ("{{a}}" * 200_000 + ": [", "no valid YAML"),
        ("{%" * 500_000, "no valid YAML"),
        ("\x00", "no valid YAML"),
    ],
    ids=["flow", "dashes", "maps", "stairs", "nodes", "open", "templates", "tags", "control"],
)
def test_hostile_text_is_bounded_and_told(text, reason):
    began = time.process_time()

    with pytest.raises(NotReadError, match=reason):
        read(text)
    assert time.process_time() - began < 10
