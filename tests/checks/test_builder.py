from __future__ import annotations

import pytest

from credlint.checks.builder import FindingBuilder, FindingRefusedError
from credlint.model.location import Location, imds
from credlint.samples import key_id

BUILDER = FindingBuilder("CHN101", "a-name")
PLACE = Location("file", ".aws/config", "HOME", 2, 3, 2, 9)


def build(**changes):
    parts = {"level": "error", "message": "It is so.", "location": PLACE}
    parts |= {"subject": "dev", "remedy": ("Do this.", "Then that.")} | changes
    return BUILDER.build(parts.pop("level"), parts.pop("message"), parts.pop("location"), **parts)


def test_a_well_formed_finding_is_built():
    finding = build()

    assert (finding.code, finding.name, finding.level) == ("CHN101", "a-name", "error")
    assert finding.remedy == "Do this.\nThen that."


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"level": "fatal"}, "its level is unknown"),
        ({"message": "no full stop"}, "its message does not end with a full stop"),
        ({"message": ""}, "its message does not end with a full stop"),
        ({"subject": ""}, "it has no subject"),
        ({"remedy": ()}, "it has no remedy"),
        ({"related": [imds("x")]}, "a related place says nothing"),
        (
            {"location": Location("file", "x", line=0)},
            "a place has no name or is not counted from 1",
        ),
        ({"location": Location("file", "")}, "a place has no name or is not counted from 1"),
        (
            {"location": Location("file", "x", line=3, end_line=2)},
            "a place ends before it starts",
        ),
        (
            {"location": Location("file", "x", column=5, end_column=4)},
            "a place ends before it starts",
        ),
        ({"message": f"{key_id()} wins."}, "it shows a whole access key id"),
        ({"remedy": (f"Deactivate {key_id()}.",)}, "it shows a whole access key id"),
        ({"properties": [("key", key_id())]}, "it shows a whole access key id"),
    ],
)
def test_an_ill_formed_finding_is_refused(changes, fault):
    with pytest.raises(FindingRefusedError) as refused:
        build(**changes)

    assert str(refused.value) == f"CHN101 refused: {fault}"


def test_control_characters_of_names_are_escaped():
    finding = build(message="Profile \x1b[31m\n\udcff is bad.")

    assert finding.message == "Profile \\x1b[31m\\n\\udcff is bad."
