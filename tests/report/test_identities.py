"""SDKs by the identity that they would act as, and why."""

from __future__ import annotations

from dataclasses import replace

from credlint.model.captured import KeyId
from credlint.model.location import environment_variable
from credlint.model.trace import Offer, SdkError, Step, Trace
from credlint.report.identities import group_identities

KEY = Offer("static", key_id=KeyId("AKIA", "WXYZ", "123456789012"))
ROLE = Offer("dynamic", role="app")
ENV = Step("env", "selected", "keys", environment_variable("AWS_ACCESS_KEY_ID"), KEY)
IMDS = Step("imds", "shadowed", "role app", None, ROLE)


def trace(sdk: str, *steps: Step, **more: object) -> Trace:
    winner = next((step for step in steps if step.status == "selected"), None)
    outcome = "selected" if winner else "none"
    return replace(Trace(sdk, outcome, steps, winner), **more)


LEAD = (trace("boto3", ENV, IMDS), trace("go-v2", ENV, IMDS))


def reasons(other: Trace) -> list[str]:
    return [text for one in group_identities((*LEAD, other)) for _, text in one.reasons]


def test_same_key_by_other_steps_is_one_identity():
    other = trace("rust", Step("profile", "absent", "no profile"), ENV)

    actual = group_identities((*LEAD, other))

    assert [one.sdks for one in actual] == [("boto3", "go-v2", "rust")]
    assert actual[0].reasons == ()


def test_order_is_the_reason():
    winner = replace(IMDS, status="selected")
    assert reasons(trace("rust", winner, replace(ENV, status="shadowed"))) == [
        "Rust SDK asks instance metadata before environment."
    ]


def test_absent_source_is_the_reason():
    absent = Step("env", "absent", "AWS_ACCESS_KEY_ID is not read")
    assert reasons(trace("rust", absent, replace(IMDS, status="selected"))) == [
        "Rust SDK: environment: AWS_ACCESS_KEY_ID is not read."
    ]


def test_broken_source_that_is_passed_over_is_the_reason():
    error = SdkError("SomeError", "half a pair")
    broken = Step("env", "broken", "half a pair", error=error)
    assert reasons(trace("rust", broken, replace(IMDS, status="selected"))) == [
        "Rust SDK passes over environment: half a pair."
    ]


def test_unknown_source_is_the_reason():
    assert reasons(trace("rust", replace(IMDS, status="selected"))) == [
        "Rust SDK does not know this source: environment."
    ]


def test_error_is_the_reason_and_comes_last():
    error = SdkError("SomeError", "no such profile")
    failing = trace("rust", outcome="error", error=error)
    none = trace("kotlin", Step("env", "absent", "AWS_ACCESS_KEY_ID is not set"))

    actual = group_identities((failing, none, *LEAD))

    assert [(one.outcome, one.sdks) for one in actual] == [
        ("selected", ("boto3", "go-v2")),
        ("none", ("kotlin",)),
        ("error", ("rust",)),
    ]
    assert actual[2].reasons == ((("rust",), "Rust SDK stops with SomeError: no such profile."),)


def test_failure_at_the_first_use_is_a_failure():
    error = SdkError("SomeError", "token file missing", at_first_use=True)
    late = trace("rust", replace(ENV, error=error))

    actual = group_identities((*LEAD, late))

    assert [one.outcome for one in actual] == ["selected", "error"]
    assert actual[1].reasons == (
        (("rust",), "Rust SDK stops at the first request with SomeError: token file missing."),
    )


def test_sdks_with_the_same_reason_share_a_sentence():
    winner, hidden = replace(IMDS, status="selected"), replace(ENV, status="shadowed")
    others = (trace("js-v2", winner, hidden), trace("js-v3", winner, hidden))

    actual = group_identities((*LEAD, trace("rust", ENV), *others))

    assert actual[1].reasons == (
        (
            ("js-v2", "js-v3"),
            "JavaScript SDK v2 and v3 ask instance metadata before environment.",
        ),
    )
