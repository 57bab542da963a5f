"""Which way the selected profile gives credentials, and the roles that are assumed on top.

Source: aws-config 1.13.0, profile/credentials/repr.rs ``resolve_chain`` (a chain of profiles is
made flat: one base, then roles) and profile/credentials.rs (what makes the SDK go on).
"""

from __future__ import annotations

from typing import NoReturn, Optional

from credlint.chain.ini_view import Setting
from credlint.chain.outcome import Raised
from credlint.chain.rust.profile_files import Section
from credlint.chain.rust.session import Session, known_text
from credlint.model.location import Location

KEY, SECRET, TOKEN = "aws_access_key_id", "aws_secret_access_key", "aws_session_token"
_SSO = ("sso_account_id", "sso_region", "sso_role_name", "sso_start_url", "sso_session")
_NAMED = ("environment", "ec2instancemetadata", "ecscontainer")


class Plan:
    """How a profile gives credentials.

    ``source``: the id of the source that ``base`` is read for. ``sso``: where region and start
    URL of IAM Identity Center stand. ``roles``: the profiles whose roles are assumed, in order.
    """

    def __init__(self, source: str, base: Section, sso: Optional[Section] = None) -> None:
        self.source = source
        self.base = base
        self.sso = sso
        self.roles: tuple[Section, ...] = ()


class NotLoaded(Exception):  # noqa: N818  the SDK's word for it; not an error, the next is asked
    """The profile gives nothing and the chain goes on; ``source`` is the id that it is told at."""

    def __init__(self, detail: str, source: str, place: Optional[Location] = None) -> None:
        super().__init__(detail)
        self.source = source
        self.detail = detail
        self.place = place


class Broken(Exception):  # noqa: N818  carries the SDK's error
    """The profile is faulty and the chain ends; ``source`` is the id that it is told at."""

    def __init__(self, raised: Raised, source: str) -> None:
        super().__init__(source)
        self.source = source
        self.raised = raised


def plan_of(session: Session) -> Plan:
    """Return the way of the selected profile; raises NotLoaded, Broken or Unknown."""
    root = session.profile(session.name)
    if root is None:
        what = f'the profile "{session.name}" does not exist'
        raise NotLoaded(what, "role_profile", session.profile_place())
    walker = _Walker(session)
    plan = walker.run(root)
    if plan.source == "sso_profile" and plan.base.get("sso_account_id") is None:
        what = f'the SSO settings of profile "{plan.base.name}" are for a token, not a role'
        raise NotLoaded(what, "sso_profile", plan.base.location)
    if plan.source == "credential_source":
        named = plan.base.settings["credential_source"]
        if known_text(named, "credential_source").lower() not in _NAMED:
            what = f'credential_source of profile "{plan.base.name}" is none that there is'
            walker.refuse("role_profile" if plan.roles else plan.source, what, named)
    return plan


class _Walker:
    """Follows source_profile from the selected profile to the one that is the base."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._visited: list[str] = []
        self._roles: list[Section] = []

    def refuse(self, source: str, message: str, at: Optional[Setting] = None) -> NoReturn:
        place = at.location if at is not None else None
        error = self._session.sdk.error("profile_invalid")
        raise Broken(Raised(error, message, place), source)

    def run(self, profile: Section) -> Plan:
        reference: Optional[Setting] = None
        while True:
            if profile.name in self._visited:
                what = f'source_profile leads back to profile "{profile.name}"'
                self.refuse("role_profile", what, reference)
            self._visited.append(profile.name)
            if len(self._visited) > 1 and _has_pair(profile):
                return self._done(Plan("static", profile))
            # A profile with a token file uses its role for that alone.
            if (
                profile.get("role_arn") is None
                or profile.get("web_identity_token_file") is not None
            ):
                return self._last(profile)
            following = self._following(profile)
            self._roles.insert(0, profile)
            if following is None:
                return self._done(self._base(profile))
            profile, reference = following, profile.get("source_profile")

    def _last(self, profile: Section) -> Plan:
        if len(self._visited) == 1:
            return self._base(profile)
        try:
            return self._done(self._base(profile))
        except NotLoaded as reason:
            # What would let the chain go on for the selected profile ends it for a source profile.
            what = f'the source profile "{profile.name}" gives nothing: {reason}'
            error = self._session.sdk.error("profile_invalid")
            raise Broken(Raised(error, what, reason.place), "role_profile") from None

    def _done(self, plan: Plan) -> Plan:
        plan.roles = tuple(self._roles)
        return plan

    def _following(self, profile: Section) -> Optional[Section]:
        """Return the profile that a role is assumed with, None when it is this one itself."""
        source, named = profile.get("source_profile"), profile.get("credential_source")
        where = f'profile "{profile.name}"'
        if source is not None and named is not None:
            self.refuse("role_profile", f"{where} has source_profile and credential_source", source)
        if source is None and named is None:
            what = f"{where} has role_arn but neither source_profile nor credential_source"
            self.refuse("role_profile", what, profile.get("role_arn"))
        if source is None:
            return None
        name = known_text(source, f"source_profile of {where}")
        if name == profile.name:
            return None
        following = self._session.profile(name)
        if following is None:
            what = f'source_profile "{name}" of {where} does not exist'
            raise NotLoaded(what, "role_profile", source.location)
        return following

    def _base(self, profile: Section) -> Plan:
        if profile.get("credential_source") is not None:
            return Plan("credential_source", profile)
        token_file = profile.get("web_identity_token_file")
        if token_file is not None:
            if profile.get("role_arn") is None:
                what = f'profile "{profile.name}" has web_identity_token_file but no role_arn'
                self.refuse(self._told_at("web_identity_profile"), what, token_file)
            return Plan("web_identity_profile", profile)
        if any(profile.get(key) is not None for key in _SSO):
            return Plan("sso_profile", profile, self._sso(profile))
        for key, source in (
            ("login_session", "login_profile"),
            ("credential_process", "process_profile"),
        ):
            if profile.get(key) is not None:
                return Plan(source, profile)
        return self._static(profile)

    def _told_at(self, source: str) -> str:
        return "role_profile" if self._roles else source

    def _sso(self, profile: Section) -> Section:
        where, own = f'profile "{profile.name}"', profile
        told_at = self._told_at("sso_profile")
        reference = profile.get("sso_session")
        if reference is not None:
            for key in ("sso_start_url", "sso_region"):
                setting = profile.get(key)
                if setting is not None:
                    what = f"{where} has {key}, which belongs to its sso-session alone"
                    self.refuse(told_at, what, setting)
            name = known_text(reference, f"sso_session of {where}")
            found = self._session.sections.get(("sso-session", name))
            if found is None:
                self.refuse(told_at, f'the sso-session "{name}" does not exist', reference)
            own = found
        account, role = profile.get("sso_account_id"), profile.get("sso_role_name")
        if (account is None) != (role is None):
            there, lacks = (
                (role, "sso_account_id") if account is None else (account, "sso_role_name")
            )
            self.refuse(told_at, f"{where} lacks {lacks}", there)
        for key in ("sso_region", "sso_start_url"):
            if own.get(key) is None:
                what = f"the SSO settings of {where} lack {key}"
                raise NotLoaded(what, "sso_profile", own.location)
        return own

    def _static(self, profile: Section) -> Plan:
        if all(profile.get(key) is None for key in (KEY, SECRET, TOKEN)):
            what = f'no credentials in profile "{profile.name}"'
            raise NotLoaded(what, "static", profile.location)
        for key in (KEY, SECRET):
            if profile.get(key) is None:
                what = f'profile "{profile.name}" lacks {key}'
                known = map(profile.get, (KEY, SECRET, TOKEN))
                there = next(one for one in known if one is not None)
                self.refuse(self._told_at("static"), what, there)
        return Plan("static", profile)


def _has_pair(profile: Section) -> bool:
    return profile.get(KEY) is not None and profile.get(SECRET) is not None
