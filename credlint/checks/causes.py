"""One cause is one finding: which finding is the mere consequence of another.

``stops`` and ``divergence`` do the same for their own rules, by place and by kind.
"""

from __future__ import annotations

from collections.abc import Sequence

from credlint.checks.failures import identity
from credlint.checks.wording import BOTOCORE_FAMILY
from credlint.model.finding import Finding

_SLIP = "CHN211"
_EMPTY = "CHN228"
_HALF = "CHN114"
_SOURCELESS = "CHN215"
_REGION = ("CHN401",)
_REGIONS_DIFFER = "CHN402"
_NO_SOURCE = "CHN232"
# What stands in [DEFAULT] is meant for the default profile.
_CAPITALS = "DEFAULT"
_NO_ROLE = "HST105"

# A token that is missing or too many, and what may have become of it.
_TOKEN_RULES = ("CHN112", "CHN113")
_KEY_SET_RULES = ("CHN121", "CHN226")
_ROLE_SOURCES = ("source_profile", "credential_source", "web_identity_token_file")
_REGIONS = ("AWS_REGION", "AWS_DEFAULT_REGION", "region")
_PAIR = {"AWS_ACCESS_KEY_ID": "AWS_SECRET_ACCESS_KEY", "AWS_SECRET_ACCESS_KEY": "AWS_ACCESS_KEY_ID"}
_CREDENTIALS = frozenset(
    """
    AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_PROFILE AWS_DEFAULT_PROFILE AWS_CONFIG_FILE
    AWS_SHARED_CREDENTIALS_FILE AWS_ROLE_ARN AWS_WEB_IDENTITY_TOKEN_FILE
    AWS_CONTAINER_CREDENTIALS_RELATIVE_URI AWS_CONTAINER_CREDENTIALS_FULL_URI
    aws_access_key_id aws_secret_access_key role_arn source_profile credential_source
    credential_process web_identity_token_file login_session sso_session sso_start_url sso_region
    sso_account_id sso_role_name
    """.split()  # noqa: SIM905  a list of names reads best as words
)
# What says of the host, or of a variable, why a source gives nothing.
_OF_HOST = (
    *("CHN114", "CHN118", "CHN218", "CHN219", "CHN222", "CHN223", "CHN224", "CHN225", "CHN227"),
    *("CHN228", "CHN229", "CHN231", "CHN410", "CHN412", "CHN415"),
    *("HST103", "HST104", "HST105", "HST106"),
)
# What says so of a profile; it counts for the selected one alone.
_OF_PROFILE = (
    *("CHN115", "CHN202", "CHN203", "CHN204", "CHN206", "CHN210", "CHN213", "CHN214", "CHN215"),
    *("CHN216", "CHN217", "CHN220", "CHN226", "CHN304", "CHN305", "CHN307", "CHN308", "CHN315"),
)


def without_explained(findings: Sequence[Finding]) -> list[Finding]:
    """Return the findings without those whose cause another one names, with its remedy."""
    slips = [finding for finding in findings if finding.code == _SLIP]
    kept = [f for f in findings if not any(_follows(f, slip) for slip in slips)]
    kept = [f for f in kept if not _is_of_split_key(f, kept)]
    empty = [f for f in kept if f.code == _EMPTY and f.subject in _REGIONS]
    kept = [f for f in kept if not (f.code in _REGION and any(_covers(one, f) for one in empty))]
    # Where one of the two is empty, that they differ says nothing more.
    kept = [f for f in kept if not (empty and f.code == _REGIONS_DIFFER)]
    kept = [f for f in kept if f.code != _NO_SOURCE or not _is_explained(f, kept)]
    if any(finding.code == _NO_SOURCE for finding in kept):
        # It tells the same and that it matters.
        kept = [f for f in kept if (f.code, f.level) != (_NO_ROLE, "note")]
    return kept


def _meant(slip: Finding) -> str:
    return dict(slip.properties).get("meant", "")


def _profile_of(finding: Finding) -> str:
    """Return the profile that a finding's subject begins with (``dev``, ``dev/role_arm``)."""
    name = finding.subject.partition("/")[0].removeprefix("profile ")
    return "default" if name == _CAPITALS else name


def _covers(finding: Finding, other: Finding) -> bool:
    return set(other.sdks) <= set(finding.sdks)


def _follows(finding: Finding, slip: Finding) -> bool:
    """Tell whether the finding would not be there if the name were written right."""
    meant = _meant(slip)
    if finding.code == _HALF:
        return _PAIR.get(meant) == finding.subject
    if finding.code == _SOURCELESS:
        return meant in _ROLE_SOURCES and _profile_of(slip) == finding.subject
    if finding.code in _REGION:
        if meant == "AWS_REGION":
            # boto3 and AWS CLI v1 do not read it (rules/sdks, region_chain).
            return not set(finding.sdks) & set(BOTOCORE_FAMILY[:2])
        if meant == "AWS_DEFAULT_REGION":
            return set(finding.sdks) <= set(BOTOCORE_FAMILY)
        return meant == "region" and _covers(slip, finding)
    return False


def _is_of_split_key(finding: Finding, findings: Sequence[Finding]) -> bool:
    """Tell whether a key's token is at fault where another rule says what became of both."""
    if finding.code not in _TOKEN_RULES:
        return False
    place = identity(finding.location)
    return any(
        identity(known) == place
        for one in findings
        if one.code in _KEY_SET_RULES
        for known in (one.location, *one.related)
    )


def _is_explained(nothing: Finding, findings: Sequence[Finding]) -> bool:
    """Tell whether a rule says why there are no credentials, for all of the SDKs concerned.

    A note does not: what it tells may be meant so.
    """
    for finding in findings:
        if finding.level == "note":
            continue
        everyone = not finding.sdks or _covers(finding, nothing)
        of_profile = _profile_of(finding) == nothing.subject
        if finding.code == _SLIP:
            there = of_profile or "/" not in finding.subject
            explains = there and everyone and _meant(finding) in _CREDENTIALS
        elif finding.code in _OF_HOST:
            explains = everyone
        else:
            explains = finding.code in _OF_PROFILE and of_profile
        if explains:
            return True
    return False
