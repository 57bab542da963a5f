"""The dumper: what is set is written, what is not is left out, the rest is refused."""

from __future__ import annotations

import pytest
import sarif_om as om

from credlint.report.sarif_dump import plain


def test_values_equal_to_the_default_are_written():
    result = om.Result(message=om.Message(text="m"), level="warning", kind="fail")

    assert plain(result) == {"kind": "fail", "level": "warning", "message": {"text": "m"}}


def test_unset_numbers_and_languages_are_left_out():
    component = om.ToolComponent(name="n")

    assert plain(component) == {"name": "n"}
    assert plain(om.Region(start_line=1)) == {"startLine": 1}
    assert plain(om.ArtifactLocation(uri="a", index=0)) == {"uri": "a", "index": 0}


def test_state_of_a_suppression_is_called_status():
    assert plain(om.Suppression(kind="inSource", state="accepted")) == {
        "kind": "inSource",
        "status": "accepted",
    }


@pytest.mark.parametrize("value", [object(), {1: "a"}, [None], {"a": None}, {"a": {1, 2}}, b"x"])
def test_other_values_are_refused(value):
    with pytest.raises(TypeError):
        plain(om.Result(message=om.Message(text="m"), properties={"p": value}))
