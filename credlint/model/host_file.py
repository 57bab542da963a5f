"""The files that decide credentials, and those that their settings name: facts, no secret."""

from __future__ import annotations

from typing import Optional

from credlint.model.captured import CapturedValue
from credlint.model.lean_dataclasses import dataclass


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
