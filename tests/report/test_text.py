from __future__ import annotations

import re
from dataclasses import replace

import pytest

from credlint.model.captured import KeyId
from credlint.model.finding import Skipped, number_findings
from credlint.model.location import Location, environment_variable
from credlint.model.report import Summary
from credlint.model.trace import Offer, RegionChoice, SdkError, Step, Trace
from credlint.report.text import render
from tests.report.sample_reports import (
    ACCEPTED,
    BOTO3,
    CLEAN,
    DOCTOR,
    FILE_FINDING,
    JS_V3,
    KEY,
    SCAN,
    STEPS,
)

EVIL = "x\x1b[2J\x9b31m\r\u202e\nforged: error"


def shown(report, **options):
    return render(report, **{"color": False, "width": 100, **options})


def test_doctor_leads_with_the_answer():
    lines = shown(DOCTOR).splitlines()

    assert lines[0] == (
        "boto3, AWS CLI v1 and v2 use the key AKIA…WXYZ of account 123456789012 "
        "from the environment."
    )
    assert "instance role app-reader" in lines[1]


def test_source_that_the_winning_role_uses_is_not_called_unused():
    role = Offer("dynamic", profile="a", role="arn:aws:iam::123456789012:role/a", source="imds")
    instance = Offer("dynamic", role="app")
    steps = (
        Step("role_profile", "selected", "assumes", offer=role),
        Step("imds", "shadowed", "instance role", offer=instance),
    )
    trace = Trace("boto3", "selected", steps, winner=steps[0])

    text = shown(replace(DOCTOR, chains=(trace,)))

    assert "is never used" not in text.partition("\n\n")[0]
    assert "  2  instance metadata     used by 1  role app" in text


def test_hidden_environment_keys_are_told_plainly():
    steps = (
        Step("env", "shadowed", "key", offer=Offer("static", key_id=KEY)),
        Step("static_credentials_file", "selected", "k", offer=Offer("static", profile="a")),
    )
    trace = Trace("boto3", "selected", steps, winner=steps[1])

    text = shown(replace(DOCTOR, chains=(trace,)))

    assert "The key AKIA…WXYZ from the environment is never used." in text


def test_stray_session_token_does_not_make_a_key_temporary():
    offer = Offer("temporary", key_id=KEY, has_token=True)
    step = Step("env", "selected", "key", offer=offer)
    trace = Trace("boto3", "selected", (step,), winner=step)

    text = shown(replace(DOCTOR, chains=(trace,)))

    assert text.startswith("boto3 uses the key AKIA…WXYZ with a session token")
    assert "selected  AKIA…WXYZ, long-term key with a session token" in text


@pytest.mark.parametrize("prefix", ["ABIA", "ACCA"])
def test_keys_of_other_kinds_are_called_neither_long_term_nor_temporary(prefix):
    step = Step("env", "selected", "key", offer=Offer("static", key_id=KeyId(prefix, "WXYZ")))
    trace = Trace("boto3", "selected", (step,), winner=step)

    text = shown(replace(DOCTOR, chains=(trace,)))

    assert f"selected  {prefix}…WXYZ\n" in text


def test_key_variables_set_to_nothing_are_not_called_not_set_up():
    place = environment_variable("AWS_ACCESS_KEY_ID")
    steps = (
        Step("env", "absent", "AWS_ACCESS_KEY_ID is set but empty", location=place),
        Step("imds", "absent", "no IMDS here"),
    )

    text = shown(replace(DOCTOR, chains=(Trace("boto3", "none", steps),)))

    assert "  1  environment  absent  AWS_ACCESS_KEY_ID is set but empty" in text
    assert "not set up: instance metadata\n" in text


def test_equal_chains_are_told_once():
    assert shown(DOCTOR).count("instance metadata  shadowed  role app-reader") == 1


def test_different_regions_of_equal_chains_are_told_apart():
    text = shown(DOCTOR)

    assert "region: boto3 and AWS CLI v1 use eu-west-1 from AWS_DEFAULT_REGION" in text
    assert "region: AWS CLI v2 uses us-east-1 from AWS_REGION" in text


def test_chain_that_ends_in_an_error_says_so_first():
    assert shown(replace(DOCTOR, chains=(JS_V3,))).startswith(
        "JavaScript SDK v3 stops with ProfileNotFound: the profile deploy is in neither file."
    )


def test_chain_without_credentials_says_so_first():
    trace = Trace("rust", "none", (STEPS[1],), region=RegionChoice())

    assert shown(replace(DOCTOR, chains=(trace,))).startswith("Rust SDK finds no credentials.\n")


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (
            Step("imds", "selected", "", None, Offer("dynamic", role="app")),
            "boto3 uses the role app of the instance, from its metadata service.",
        ),
        (
            Step(
                "role_profile",
                "selected",
                "",
                Location("file", ".aws/config", "HOME", 4),
                Offer("dynamic", profile="dev", role="arn:aws:iam::123456789012:role/team/deploy"),
            ),
            "boto3 uses the role 123456789012/deploy from profile dev in ~/.aws/config.",
        ),
        (
            Step("process_profile", "selected", "", None, Offer("dynamic", profile="dev")),
            "boto3 uses credentials that are fetched at use from profile dev.",
        ),
        (
            Step("container", "selected", "set"),
            "boto3 uses what the source container endpoint gives.",
        ),
    ],
)
def test_headline_names_what_is_used(step, expected):
    trace = replace(BOTO3, steps=(step,), winner=step)

    assert shown(replace(DOCTOR, chains=(trace,))).splitlines()[0] == expected


@pytest.mark.parametrize(
    ("winner", "expected"),
    [
        (
            STEPS[0],
            (
                "boto3 would use the key AKIA…WXYZ of account 123456789012 from the environment; "
                "whether that works cannot be told from here."
            ),
        ),
        (
            Step("container", "selected", "it did not answer in time"),
            (
                "boto3 asks the source container endpoint; whether it gives credentials cannot "
                "be told from here: it did not answer in time."
            ),
        ),
        (None, "boto3 is undecided: what is used cannot be told from here."),
    ],
)
def test_undecided_chain_is_not_told_as_certain(winner, expected):
    trace = replace(BOTO3, outcome="undecided", winner=winner)

    assert shown(replace(DOCTOR, chains=(trace,)), width=200).splitlines()[0] == expected


def test_winner_that_fails_says_so():
    error = SdkError("InvalidRegionError", "the region is no host label", at_first_use=True)
    step = replace(STEPS[0], error=error)
    lines = shown(
        replace(DOCTOR, chains=(replace(BOTO3, steps=(step,), winner=step),))
    ).splitlines()

    assert lines[1] == (
        "  This fails at the first request with InvalidRegionError: the region is no host label."
    )


def test_hidden_sources_are_named_up_to_two_and_counted():
    process = Step("process_profile", "shadowed", "", None, Offer("dynamic", profile="dev"))
    plain = Step("container", "shadowed", "set")
    role = Step("web_identity", "shadowed", "set", None, Offer("dynamic", role="web"))
    steps = (STEPS[0], process, role, plain)
    two = replace(BOTO3, steps=steps[:3])
    three = replace(BOTO3, steps=steps)

    assert "  Profile dev (profile, process) and role web are never used." in shown(
        replace(DOCTOR, chains=(two,))
    )
    assert "  Profile dev (profile, process), role web and 1 more are never used." in shown(
        replace(DOCTOR, chains=(three,))
    )


def test_notes_of_a_chain_are_shown_where_they_explain():
    noted = replace(BOTO3, notes=("sessions are kept",))
    undecided = replace(noted, outcome="undecided")

    assert "sessions are kept" not in shown(replace(DOCTOR, chains=(noted,)))
    assert "sessions are kept" in shown(replace(DOCTOR, chains=(noted,)), verbose=True)
    assert "sessions are kept" in shown(replace(DOCTOR, chains=(undecided,)))


def test_region_that_is_said_twice_is_no_conflict():
    region = RegionChoice("eu-west-1", "profile:dev", ignored=(("env:AWS_REGION", "eu-west-1"),))
    text = shown(replace(DOCTOR, chains=(replace(BOTO3, region=region),)))

    assert "region: eu-west-1 from profile dev\n" in text


def test_region_of_the_instance_names_the_service():
    region = RegionChoice("eu-west-1", "imds")
    text = shown(replace(DOCTOR, chains=(replace(BOTO3, region=region),)))

    assert "region: eu-west-1 from the instance metadata service\n" in text


def test_broken_step_names_the_file_of_the_error():
    place = Location("file", ".aws/config", "HOME", 7)
    error = SdkError("ConfigParseError", "the file cannot be parsed", place)
    step = Step("env", "broken", "", None, None, error)
    trace = replace(BOTO3, outcome="error", steps=(step,), winner=None, error=error)

    assert "ConfigParseError: the file cannot be parsed, ~/.aws/config:7" in shown(
        replace(DOCTOR, chains=(trace,))
    )


@pytest.mark.parametrize(
    ("remedy", "expected"),
    [
        ("1. First.\n2. Second.", ["    1. First.", "    2. Second."]),
        ("First:\n  run this\nSecond.", ["    1. First:", "       run this", "    2. Second."]),
        ("Only:\n  run this", ["    Only:", "       run this"]),
    ],
)
def test_remedies_are_numbered_once(remedy, expected):
    finding = replace(FILE_FINDING, remedy=remedy, related=())
    lines = shown(replace(DOCTOR, findings=number_findings([finding]))).splitlines()
    start = lines.index("  What to do:") + 1

    assert lines[start : start + len(expected)] == expected


@pytest.mark.parametrize(
    ("count", "expected"), [(999, "999 B"), (1000, "1.0 kB"), (5 * 10**12, "5000.0 GB")]
)
def test_sizes_are_decimal(count, expected):
    summary = Summary(files=1, bytes=count)

    assert shown(replace(CLEAN, summary=summary)) == f"No findings in 1 file, {expected}\n"


def test_verbose_shows_every_step_and_suppressed_findings():
    doctor = shown(DOCTOR, verbose=True)
    scan = shown(SCAN, verbose=True)

    assert "web identity          absent    AWS_WEB_IDENTITY_TOKEN_FILE is not set" in doctor
    assert "tests/data.py:3 SEC101 [aws-access-key-pair]: documented sample" in scan


def test_findings_of_doctor_stand_worst_first():
    codes = re.findall(r"^(?:error|warning|note) ([A-Z]{3}\d{3}) ", shown(DOCTOR), re.MULTILINE)

    assert codes == ["CHN101", "HST101", "CHN402"]


def test_scan_finding_is_one_line_that_tools_can_split():
    line = next(line for line in shown(SCAN).splitlines() if "SEC201" in line)

    assert line == (
        "keys/ünï.pem:1:1: error SEC201 An unencrypted private key (RSA) is kept here. "
        "[private-key]"
    )


def test_remedy_of_a_rule_is_told_once_for_many_findings():
    many = [replace(FILE_FINDING, location=Location("file", f"{n}.py")) for n in range(5)]

    assert shown(replace(SCAN, findings=number_findings(many))).count("Mend aws-access-key") == 1


def test_summary_names_every_hidden_number():
    summary = Summary(
        files=1234, bytes=2_500_000, below_threshold=2, ignored_paths=1, binary_files=7
    )
    lines = shown(replace(SCAN, summary=summary, baselined=(ACCEPTED,) * 4)).splitlines()

    assert (
        "2 findings in 1,234 files, 2.5 MB (1 suppressed, 4 in baseline, 2 below --fail-on, "
        "1 file skipped, 7 binary files left out, 1 path ignored)"
    ) in lines


def test_clean_scan_is_one_line():
    assert shown(CLEAN) == "No findings in 3 files, 90 B\n"


def test_scan_of_nothing_is_no_all_clear():
    assert shown(replace(CLEAN, summary=Summary())) == "No findings; no file was examined\n"


def test_skipped_places_beyond_twenty_are_counted():
    skips = tuple(Skipped(f"f{n}", "permission denied") for n in range(25))
    text = shown(replace(CLEAN, skipped=skips))

    assert "No findings in 3 files, 90 B (25 files skipped)" in text
    assert "  and 5 more; --verbose shows all" in text
    assert "more" not in shown(replace(CLEAN, skipped=skips), verbose=True)


def test_no_color_means_no_escape_sequence():
    assert "\x1b" not in shown(DOCTOR)
    assert "\x1b[31;1merror\x1b[0m" in shown(DOCTOR, color=True)


def test_color_changes_nothing_but_color():
    assert re.sub(r"\x1b\[[0-9;]*m", "", shown(DOCTOR, color=True)) == shown(DOCTOR)


def test_text_of_others_cannot_drive_the_terminal():
    offer = Offer("static", profile=EVIL, role=EVIL)
    place = Location("file", EVIL, "HOME", logical=f"profile/{EVIL}", message=EVIL)
    step = replace(STEPS[4], detail=EVIL, offer=offer, location=place)
    finding = replace(
        FILE_FINDING, message=EVIL, location=place, related=(place,), remedy=EVIL, subject=EVIL
    )
    base = {
        "findings": number_findings([finding]),
        "skipped": (Skipped(EVIL, EVIL),),
        "notes": (EVIL,),
        "unused_directives": (EVIL,),
        "title": EVIL,
    }
    doctor = replace(
        DOCTOR, chains=(replace(BOTO3, steps=(step,), winner=step, notes=(EVIL,)),), **base
    )
    for report in (doctor, replace(SCAN, **base)):
        text = shown(report, verbose=True)

        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", text)
        assert "x\\x1b[2J\\x9b31m\\r\\u202e" in text


def test_prose_fits_the_width():
    text = shown(DOCTOR, width=70)
    # Commands stay whole, and so do the heads of findings, which tools search for.
    whole = [line for line in text.splitlines() if "`" in line or line.endswith("]")]

    assert [x for x in text.splitlines() if len(x) > 70 and x not in whole] == []


def spread(*places: tuple[str, int]):
    """A report of one secret that stands at these places."""
    leader, *also = number_findings(
        replace(FILE_FINDING, related=(), location=Location("file", uri, line=line))
        for uri, line in places
    )
    return replace(CLEAN, findings=(replace(leader, also=tuple(also)),))


@pytest.mark.parametrize(
    ("places", "told"),
    [
        ([("a", 1)], None),
        ([("a", 1), ("a", 9)], "also on line 9"),
        ([("a", 1), ("b", 2)], "also in b:2"),
        ([("a", n) for n in range(1, 7)], "also on lines 2, 3, 4 and 2 more places"),
        (
            [("a", 1), ("a", 2), *((f"b{n}", 3) for n in range(4))],
            "also on line 2, in b0:3, b1:3, b2:3 and 1 more place",
        ),
    ],
)
def test_other_places_of_a_secret_are_told_in_short(places, told):
    lines = [line.strip() for line in shown(spread(*places)).splitlines()]

    assert [line for line in lines if line.startswith("also")] == ([told] if told else [])


def test_the_rule_of_another_place_is_named_with_its_remedy():
    (row,) = spread(("a", 1), ("a", 2), ("b", 3)).findings
    also = tuple(replace(one, code="SEC201", name="private-key") for one in row.also)
    text = shown(replace(CLEAN, findings=(replace(row, also=also),)))

    assert "also on line 2 (SEC201), in b:3 (SEC201)" in text
    assert "Mend private-key." in text


def test_many_findings_are_counted_by_level():
    many = [
        replace(FILE_FINDING, level=level, location=Location("file", f"{n}.py"))
        for n, level in enumerate(["note", "error", "error"] * 7)
    ]

    assert "14 errors, 7 notes" in shown(replace(SCAN, findings=number_findings(many)))
    assert "errors," not in shown(replace(SCAN, findings=number_findings(many[:10])))
