"""HostSnapshot: everything a decision about the chain needs, and no secret.

A snapshot is made by ``host.capture`` and saved as JSON (``host.snapshot_file``); the
chain and the checks are pure functions over it. ``typing.Optional`` is used instead of
``X | None`` because the JSON codec evaluates these annotations on Python 3.9 as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

SNAPSHOT_SCHEMA = "credlint-snapshot/2"
# So many digits of a fingerprint make the token of a hidden text; see ``HostFile.text``.
TOKEN_DIGITS = 12
_OK = 200


@dataclass(frozen=True)
class KeyId:
    """What may be shown of an access key id: its type prefix, last four and account.

    ``account`` is decoded offline (base32) and None for old ids (fifth character I or J).
    ``example``: one of the documented ids or one that ends in EXAMPLE.
    """

    prefix: str
    last_four: str
    account: Optional[str] = None
    example: bool = False

    def display(self) -> str:
        """Return ``AKIA…WXYZ``."""
        return f"{self.prefix}…{self.last_four}"


@dataclass(frozen=True)
class CapturedValue:
    """A value as captured: its text when that cannot hold a secret, else only facts.

    ``text`` is None for sensitive values. ``length`` counts code points. ``shape`` is one of
    empty, blank (a sensitive one of white space alone), text, access-key-id, secret-access-key,
    session-token, other. ``fingerprint`` is an
    HMAC under a random key of this one capture: equal values have equal fingerprints, nothing
    else can be told. ``flaws`` names characters that are part of the value by mistake: blank
    (white space alone), quoted, leading-space, trailing-space, newline, carriage-return,
    non-breaking-space, inline-comment, control-character, non-ascii. Of sensitive values alone:
    ``placeholder``, the made-up word that the value is (``test``, ``<…>``), and ``signs`` of
    being something else than its name says: key-id-too-short, key-id-too-long,
    key-id-in-lower-case, principal-id, arn, pem, url-encoded (a secret key), percent-signs,
    ses-smtp-password, bedrock-long-term and bedrock-short-term; secret-key-length: forty
    characters that a secret key may have.
    """

    text: Optional[str]
    length: int
    shape: str = "text"
    key_id: Optional[KeyId] = None
    fingerprint: str = ""
    flaws: tuple[str, ...] = ()
    placeholder: str = ""
    signs: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Tell whether the value is non-empty, as SDKs test it."""
        return self.length > 0


@dataclass(frozen=True)
class EnvironmentVariable:
    """One captured variable; names are kept, see ``host.environ`` for which are captured."""

    name: str
    value: CapturedValue


@dataclass(frozen=True)
class SystemProperty:
    """One property that a JVM started in this environment has; ``variable`` defines it."""

    name: str
    value: CapturedValue
    variable: str


@dataclass(frozen=True)
class AwsLine:
    """One physical line of an AWS file, classified by its own text alone.

    Whether an indented line continues the previous setting depends on the reader (SDK), so
    that is decided in ``chain``. ``kind``: blank, comment (first non-blank is # or ;),
    section (``[name]``), setting (has = or :), text (anything else). ``name`` is the section
    name between the outermost brackets or the setting's name as written (right-stripped).
    ``indent`` counts leading whitespace characters. ``column`` is where the name starts,
    ``value_column``/``end_column`` where the value starts and ends (exclusive).
    ``delimiter`` is = or :. ``whole`` captures the whole stripped line (needed when a reader
    takes the line as continuation). ``has_equals``: the stripped line contains =.
    ``trailing``: text after the closing bracket of a section. ``ignore``: codes and reason of a
    ``credlint: ignore[…]`` comment.
    """

    number: int
    kind: str
    indent: int = 0
    column: int = 1
    name: Optional[str] = None
    delimiter: Optional[str] = None
    value: Optional[CapturedValue] = None
    value_column: int = 1
    end_column: int = 1
    whole: Optional[CapturedValue] = None
    has_equals: bool = False
    trailing: bool = False
    ignore: Optional[str] = None


@dataclass(frozen=True)
class PathNode:
    """A directory or file on the way to something, and who may change it.

    ``mode``: permission bits with set-uid, set-gid and sticky ones. ``shared_group``: whether its
    group has members besides the subject and root; None where that cannot be told (groups of a
    directory service).
    """

    path: str
    mode: int
    owner_uid: int
    group_gid: int
    directory: bool = True
    shared_group: Optional[bool] = None


@dataclass(frozen=True)
class HostFile:
    """A file that some SDK reads, with its lines when it is line-shaped.

    ``role``: config, credentials, ec2-credential-file, boto2; config-unexpanded and
    credentials-unexpanded are what those find that take the variable's path as it is, where
    that is another file; config-default and credentials-default what those find that pay no
    attention to the variable; config-beside-credentials what .NET reads where the credentials
    file alone is named, only there where it is; config-property and credentials-property what a
    system property of Java names; credentials-profiles what AWS_CREDENTIAL_PROFILES_FILE names;
    config-user-home and credentials-user-home those in the JVM's home directory, where that is
    not HOME.
    ``path`` is for display and is the file's identity (``~/.aws/config``, ``/etc/boto.cfg``);
    ``origin`` is ``default`` or the variable that named it. ``status``: read, absent, unreadable,
    not-a-file, too-large, undecodable. ``error``: the errno name when unreadable. ``encoding``:
    utf-8, utf-8-bom, utf-16, undecodable. ``mode`` is the permission bits of the target.
    ``text``: the whole file, line ends and all, with a token for every part that may be secret
    (``host.masking``), so that each SDK's own way of reading can be followed; None in snapshots
    of schema 1. ``modified``: ISO time of its last change. ``way``: the directories that lead to
    it, from the root on, and the file. ``closed_by``: the directory that the subject may not pass,
    so that nothing behind it can be told apart from an unreadable file.
    """

    role: str
    path: str
    origin: str
    status: str
    lines: tuple[AwsLine, ...] = ()
    error: Optional[str] = None
    encoding: str = "utf-8"
    mode: Optional[int] = None
    owner_uid: Optional[int] = None
    symlink: bool = False
    size: int = 0
    undecodable_line: Optional[int] = None
    text: Optional[str] = None
    modified: Optional[str] = None
    way: tuple[PathNode, ...] = ()
    closed_by: Optional[str] = None


@dataclass(frozen=True)
class PathFact:
    """A file or executable that a setting names and an SDK would open or run.

    ``purpose``: web-identity-token, role-session (a role's credentials that the AWS CLI keeps;
    ``named`` is the role by account and name), credential-process (its words executed),
    credential-process-shell (given to ``sh -c``; status ``unknown`` where only a shell could
    tell), container-token, sso-token, login-token, ca-bundle (error ``no-certificate`` where none
    can be read). ``named`` is the value that names it as a
    reader has it, masked like ``HostFile.text``. ``setting`` identifies what named it
    (``environment/AWS_WEB_IDENTITY_TOKEN_FILE`` or
    ``config/profile NAME/web_identity_token_file``; ``config@LINE/SETTING`` where a repeated
    setting, or another reading of the value, names something else). ``status``: present,
    absent, unreadable, not-a-file, not-executable, empty. ``newline``: holds CR or LF (container
    token), ``crlf``: both in a row. ``expires``: ISO time found in it (SSO and login caches).
    ``rfc3339``: it is written there as RFC 3339 has it, which some SDKs insist upon.
    ``written``: that time as it stands there, where that differs. ``lacks``: the parts that a
    cache does not have of those that any SDK looks for; ``empty``: those that count as nothing
    (an empty text, null, zero). ``renewal``: until when the cache's client registration lasts
    with which an expired SSO token is renewed, empty when that is not said, None when the token
    cannot be renewed. ``size``: bytes of a token file. ``audiences``: for whom a web identity
    token was issued (its claim ``aud``), ``issued``: when (``iat``). ``way``: as in ``HostFile``,
    for a program or bundle; as far as it leads when that is absent. ``closed_by``: as in
    ``HostFile``.
    """

    purpose: str
    setting: str
    path: str
    status: str
    error: Optional[str] = None
    newline: bool = False
    expires: Optional[str] = None
    rfc3339: bool = True
    named: str = ""
    written: Optional[str] = None
    lacks: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()
    renewal: Optional[str] = None
    size: Optional[int] = None
    crlf: bool = False
    audiences: tuple[str, ...] = ()
    issued: Optional[str] = None
    way: tuple[PathNode, ...] = ()
    closed_by: Optional[str] = None


@dataclass(frozen=True)
class HomeDirectory:
    """A home directory that this subject may have been meant to use.

    ``kind``: used (where ``~`` leads), password (the user's entry), sudo (SUDO_USER's entry).
    ``files``: those of config and credentials that are in its .aws. ``owner_uid`` None: it is not
    there. ``closed_by``: as in ``HostFile``.
    """

    kind: str
    path: str
    files: tuple[str, ...] = ()
    owner_uid: Optional[int] = None
    closed_by: Optional[str] = None


@dataclass(frozen=True)
class CacheEntry:
    """A file of ~/.aws/sso/cache, ~/.aws/cli/cache or ~/.aws/login/cache.

    ``kind``: sso, cli, login. ``key``: the file's name without .json, which is a digest of what it
    is looked up by. ``status`` and ``error`` as in ``PathFact``. ``start_url`` and ``expires``: of
    an SSO token; ``by_url``: the key is that of this very start URL. ``is_token``: it holds an
    access token.
    """

    kind: str
    path: str
    key: str
    status: str
    error: Optional[str] = None
    mode: Optional[int] = None
    owner_uid: Optional[int] = None
    start_url: Optional[str] = None
    by_url: bool = False
    expires: Optional[str] = None
    is_token: bool = False


@dataclass(frozen=True)
class LaxCommand:
    """A line of an alias that makes the AWS CLI accept any certificate.

    ``kind``: shell (a start-up file), cli (the AWS CLI's own aliases). ``name``: the alias.
    ``column`` and ``end_column`` (exclusive) are those of the option.
    """

    kind: str
    name: str
    path: str
    line: int
    column: int
    end_column: int


@dataclass(frozen=True)
class ProviderArgument:
    """One argument of a provider block.

    ``name``: nested ones with dots and numbers, ``assume_role.0.role_arn``; a block by itself is
    ``assume_role.0``. ``values``: one, or those of a list; none when not ``literal``, which is
    what only Terraform can tell (variables, functions, ``dynamic`` blocks).
    """

    name: str
    line: int
    values: tuple[CapturedValue, ...] = ()
    literal: bool = True


@dataclass(frozen=True)
class ProviderBlock:
    """A ``provider "aws"`` block of the Terraform files of the working directory.

    ``file`` is the file's name. ``error``: why the file or the block is of no use (unparsed,
    override, too-many-files, or a status as in ``HostFile``); ``line`` is 0 for a whole file.
    """

    file: str
    line: int
    alias: Optional[str] = None
    arguments: tuple[ProviderArgument, ...] = ()
    error: Optional[str] = None


@dataclass(frozen=True)
class HttpAttempt:
    """One request's outcome.

    ``status`` or ``error`` (refused, timeout, unreachable, reset,
    malformed, too-large, redirect); neither means that it was not made. ``date``: ISO time of the
    answer's Date header, None without one.
    """

    status: Optional[int] = None
    error: Optional[str] = None
    milliseconds: Optional[int] = None
    date: Optional[str] = None


@dataclass(frozen=True)
class ImdsEvidence:
    """What the instance metadata service answered; role *names* only, never the document.

    ``probed`` False with ``reason`` when nothing was asked. ``token`` is the PUT;
    ``roles_with_token``/``roles_without_token`` are GETs of the role list; ``role_names`` its
    lines. ``info_code``/``instance_profile_arn`` come from iam/info, ``account``, ``region``,
    ``instance_id`` from the identity document, ``availability_zone`` and ``placement_region``
    from placement (the latter is asked with a token alone). ``connected``: the connection for the
    token request was accepted, whatever came of it; None where that was not kept.
    ``token_travels``: the answer to it could pass another router, by its time to live; None where
    that was not measured. ``open_to_nobody``: the user nobody could connect as well; None where
    that was not tried.
    """

    endpoint: str = "http://169.254.169.254"
    probed: bool = False
    reason: Optional[str] = None
    token: HttpAttempt = HttpAttempt()
    roles_with_token: HttpAttempt = HttpAttempt()
    roles_without_token: HttpAttempt = HttpAttempt()
    role_names: tuple[str, ...] = ()
    info_code: Optional[str] = None
    instance_profile_arn: Optional[str] = None
    account: Optional[str] = None
    region: Optional[str] = None
    instance_id: Optional[str] = None
    availability_zone: Optional[str] = None
    placement_region: Optional[str] = None
    connected: Optional[bool] = None
    token_travels: Optional[bool] = None
    open_to_nobody: Optional[bool] = None

    @property
    def role(self) -> Optional[str]:
        """Return the attached role's name, if one was listed."""
        return self.role_names[0] if self.role_names else None

    @property
    def answers(self) -> bool:
        """Tell whether something that speaks IMDS answered at all."""
        return self.probed and (
            self.token.status is not None or self.roles_without_token.status is not None
        )


@dataclass(frozen=True)
class TextSecret:
    """A secret that stands in a text which is not kept.

    ``code``: the rule that knows it; ``what``: its words, without any value; ``level``: as that
    rule judged it; ``subject``: its stable name for it (``AKIA…WXYZ`` for both halves of a
    pair). ``line``: where it stands in the text, unpacked. ``part``: the name of the part
    of a text of several; ``part_line``: its line there, where the part was decoded from what
    begins in ``line``. ``key_id``: of an access key id. ``fingerprint``: as in ``CapturedValue``.
    """

    code: str
    what: str
    line: int
    level: str
    fingerprint: str
    subject: str = ""
    key_id: Optional[KeyId] = None
    part: str = ""
    part_line: Optional[int] = None


@dataclass(frozen=True)
class UserDataEvidence:
    """What the instance's user data holds, where somebody asked to look; never its text.

    ``asked`` False: it was left alone. ``answer``: the request for it (404: there is none).
    ``size``: its bytes as they came. ``wrappings``: what it was packed in, outermost first
    (base64, gzip); ``unread``: what in it was not looked at.
    """

    asked: bool = False
    answer: HttpAttempt = HttpAttempt()
    size: int = 0
    wrappings: tuple[str, ...] = ()
    secrets: tuple[TextSecret, ...] = ()
    unread: tuple[str, ...] = ()

    @property
    def was_read(self) -> bool:
        """Tell whether its text was seen."""
        return self.answer.status == _OK and self.answer.error is None


@dataclass(frozen=True)
class ContainerEvidence:
    """The container credentials endpoint as named by the environment; never requested.

    ``variable`` is the deciding one of AWS_CONTAINER_CREDENTIALS_RELATIVE_URI/_FULL_URI.
    ``scheme``/``host``/``port`` are parts of the address; ``reachable``: yes, refused, timeout,
    unreachable, not-probed (a TCP connection was opened and closed, no request sent).
    ``resolved``: literal addresses the host name stands for.
    """

    variable: Optional[str] = None
    scheme: Optional[str] = None
    host: Optional[str] = None
    port: Optional[int] = None
    reachable: str = "not-probed"
    resolved: tuple[str, ...] = ()


@dataclass(frozen=True)
class FoundSdk:
    """An SDK that this machine or the working tree has, and what says so, for people."""

    sdk: str
    place: str


@dataclass(frozen=True)
class Platform:
    """The subject that is judged.

    ``contexts``: any of ec2, ecs, eks, lambda, codebuild, ci, container, laptop (when none of
    the others). ``uid`` None: the system has none. ``ec2_evidence``: what says that this is an
    EC2 instance, None when nothing does. ``packages``: (name, version) of the installed
    packages that are part of an AWS SDK. ``sdks``: the SDKs that were found here.
    ``interactive``: whether a person can be asked at a terminal, None when that is not known.
    ``network``: hardware when an interface of this network namespace is a device, virtual when
    none is (as in a container with a network of its own), None when not told.
    ``container_networks``: the kinds of container engines whose interfaces stand beside it
    (docker, podman, kubernetes, lxc, other). ``uptime``: seconds since the machine was started.
    ``logins``: how many accounts of /etc/passwd belong to people who can log in.
    ``namespace``: the Kubernetes namespace of the pod, None outside of one and where no service
    account is mounted.
    """

    system: str = "Linux"
    uid: Optional[int] = None
    contexts: tuple[str, ...] = ("laptop",)
    ec2_evidence: Optional[str] = None
    packages: tuple[tuple[str, str], ...] = ()
    sdks: tuple[FoundSdk, ...] = ()
    interactive: Optional[bool] = None
    network: Optional[str] = None
    container_networks: tuple[str, ...] = ()
    uptime: Optional[int] = None
    logins: Optional[int] = None
    namespace: Optional[str] = None


@dataclass(frozen=True)
class HostSnapshot:
    """All facts of one subject at one time; see the module's head.

    ``container_other``: the endpoint as those have it that take an empty relative URI for none
    and a full one without scheme for http, where that is another one than ``container``.
    ``hidden``: what the tokens in ``HostFile.text`` and ``PathFact.named`` stand for; a token's
    digits begin the fingerprint. ``homes``: the one in use first; none where no other was found.
    ``folders``: ~/.aws and the folders of its caches, as far as they are there.
    """

    captured_at: str
    credlint_version: str = ""
    platform: Platform = Platform()
    environment: tuple[EnvironmentVariable, ...] = ()
    files: tuple[HostFile, ...] = ()
    paths: tuple[PathFact, ...] = ()
    imds: ImdsEvidence = ImdsEvidence()
    container: ContainerEvidence = ContainerEvidence()
    container_other: ContainerEvidence = ContainerEvidence()
    skipped: tuple[tuple[str, str], ...] = ()
    hidden: tuple[CapturedValue, ...] = ()
    system_properties: tuple[SystemProperty, ...] = ()
    provider_blocks: tuple[ProviderBlock, ...] = ()
    lax_commands: tuple[LaxCommand, ...] = ()
    homes: tuple[HomeDirectory, ...] = ()
    caches: tuple[CacheEntry, ...] = ()
    folders: tuple[PathNode, ...] = ()
    user_data: UserDataEvidence = UserDataEvidence()
    schema: str = SNAPSHOT_SCHEMA

    def variable(self, name: str) -> Optional[CapturedValue]:
        """Return the captured value of a variable, None when it is not set at all."""
        for entry in self.environment:
            if entry.name == name:
                return entry.value
        return None

    def file(self, role: str) -> Optional[HostFile]:
        """Return the first file of that role (there is one config and one credentials file)."""
        for entry in self.files:
            if entry.role == role:
                return entry
        return None

    def path_fact(self, setting: str) -> Optional[PathFact]:
        """Return what is known of the file that the named setting points to."""
        for entry in self.paths:
            if entry.setting == setting:
                return entry
        return None

    def named_file(self, purpose: str, named: str) -> Optional[PathFact]:
        """Return what is known of the file or program that a value names, as its reader has it."""
        for entry in self.paths:
            if entry.purpose == purpose and entry.named == named:
                return entry
        return None
