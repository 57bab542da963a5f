"""Which service the text beside a value names, and whether it calls the value a key."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Optional

from credlint.model.lean_tuples import NamedTuple
from credlint.secrets.services.table import Service, ServiceTable

# What a definition on Java's command line begins with.
_DEFINES = re.compile(r"(?<!\w)-D(?=[a-z])")
# Words as people put names together: apiKey, API_KEY, APIKey, api-key2, SECRETkey.
_ATOM = re.compile(
    r"(?:PRIVATE|SECRET|ACCESS|TOKEN|API|AUTH)(?=[a-z])|[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+"
)
_HOST = re.compile(r"//(?:[^/@\s\"']{0,80}@)?([A-Za-z0-9.-]{4,80})")
# A comment speaks of the line below it; a backslash makes one line of two.
_GOES_ON = re.compile(r"\A\s*(?:#|//|--|;|\*|/\*|<!--|%)|\\\s*\Z")
_OPENS = tuple(":{[(>=\\")
# How far the name may stand from the value on a line, and how many words are looked at.
_REACH = 72
_FARTHEST = 48
_MOST_ATOMS = 20
_LONGEST_NAME = 4
_MOST_WORDS = 6
_PARENT_LINES = 12
_PARENT_BYTES = 1200
_MOST_PARENTS = 2
_AFTER = 200

_KEY_WORDS = (
    *("accesskey", "secretkey", "privatekey", "authtoken", "accesstoken", "apitoken", "apikey"),
    *("credential", "password", "license", "private", "bearer", "access", "secret", "passwd"),
    *("token", "login", "auth", "pass", "key", "api", "pwd", "pat"),
)
_WRITTEN_ON = re.compile(f"(?:{'|'.join(_KEY_WORDS)})+\\Z")
# What may stand between a name and its key word without changing what the value is.
_NEUTRAL = frozenset(
    """
    app application client consumer user account bot server service project org organization site
    admin rest http https com net io www v1 v2 prod production dev development live test sandbox
    staging my our v tok code header h x value default string text env set export const var let
    final static params
    """.split()  # noqa: SIM905  a list of words reads best as words
)
_ID_WORDS = frozenset("id user username account clientid appid accessid name".split())  # noqa: SIM905
# A value that one of these words names is no key, however random.
_NO_KEY = frozenset(
    """
    commit sha sha1 sha224 sha256 sha384 sha512 md5 checksum digest hash integrity revision rev
    etag fingerprint thumbprint version guid crc blob changeset ref branch tag url uri path file
    filename image host domain region bucket arn email size length date time expires type
    algorithm alg label title description message selector pattern regex index count nonce
    """.split()  # noqa: SIM905
)
_PUBLIC = frozenset("public pub publishable pubkey publickey site sitekey".split())  # noqa: SIM905
_PASSWORD_WORDS = ("password", "passwd", "pwd", "pass")
_NEAREST = 3
_TELLING = 4
# Two letters are met by chance in any text of base64.
_LEAST_LETTERS = 3
# A value that nothing but these names stands in a pair: its name is the line before.
_VALUE_WORDS = frozenset("value default string val content data".split())  # noqa: SIM905


class Atoms(NamedTuple):
    """The last words of a text in small letters, and where each ends in it."""

    words: tuple[str, ...]
    ends: tuple[int, ...]


class _Named(NamedTuple):
    """A service that words name, first to last; ``is_key``: these speak of a key too.

    ``length``: of the name as it is written, in letters and digits.
    """

    service: Service
    first: int
    last: int
    length: int
    is_key: bool = False


class Naming(NamedTuple):
    """What stands beside a value: the service, and what the words next to the value make of it.

    ``beside``: the service's name stands next to the key word, on the value's own line.
    """

    service: Service
    is_key: bool
    is_id: bool
    is_public: bool
    is_password: bool
    beside: bool


class _Line(NamedTuple):
    """What the text before a value on its own line says; ``near``: its last words."""

    near: tuple[str, ...]
    service: Optional[Service]
    is_key: bool
    is_id: bool
    beside: bool


def find_naming(
    data: bytes, start: int, end: int, services: ServiceTable, *, around: bool
) -> Optional[Naming]:
    """Return what names the value between the offsets, None when no service or no key is named.

    A service is looked for on the value's line, before it; where ``around`` is true also on the
    lines that open the block it stands in, and in the host of a URL on the line.
    """
    line_start = _line_start(data, start)
    read = _read_line(data[max(line_start, start - _REACH) : start], services)
    if read is None:
        return None
    near, service, is_key, is_id, beside = read
    if around and (service is None or not is_key):
        above = _above(data, line_start, alone=_VALUE_WORDS.issuperset(near))
        above_atoms = _atoms(above)
        named = _service_in(above_atoms, 0, services)
        is_key = is_key or _says_key(above_atoms.words, named)
        if service is None and named is not None and not _is_everyday(named):
            service = named.service
        if service is None:
            line = _line_around(data, line_start, start, end)
            service, beside = _named_by_host(f"{above}\n{line}", services), True
    if service is None:
        return None
    return Naming(
        service=service,
        is_key=is_key,
        is_id=is_id,
        is_public=not _PUBLIC.isdisjoint(near),
        is_password=any(word.endswith(_PASSWORD_WORDS) for word in near),
        beside=beside,
    )


@lru_cache(maxsize=2048)
def _read_line(data: bytes, services: ServiceTable) -> Optional[_Line]:
    """Read the end of a line before a value, None when it names what is no key.

    The lines of a file begin alike, and most values have one name in a hundred places.
    """
    before = _decoded(data)
    atoms = _atoms(before)
    words = atoms.words
    near = words[-_NEAREST:]
    if not _NO_KEY.isdisjoint(near):
        return None
    named = _service_in(atoms, len(before), services)
    is_id = bool(near) and near[-1] in _ID_WORDS and (named is None or named.last < len(words) - 1)
    service, beside = (None, False) if named is None else (named.service, _is_beside(words, named))
    if named is not None and _is_everyday(named):
        after = any(map(_is_key_word, words[named.last + 1 :]))
        service = named.service if beside and (after or named.is_key) else None
    return _Line(near, service, _says_key(words, named), is_id, beside)


def _says_key(words: Sequence[str], named: Optional[_Named]) -> bool:
    """Tell whether one of the last words speaks of a key; OneLogin's own name does not."""
    if named is None:
        return any(map(_is_key_word, words[-_MOST_WORDS:]))
    others = [*words[: named.first], *words[named.last + 1 :]]
    return named.is_key or any(map(_is_key_word, others[-_MOST_WORDS:]))


def _is_beside(words: Sequence[str], named: _Named) -> bool:
    """Tell whether nothing but key words stands between the service's name and the value."""
    between = set(words[named.last + 1 :]) - _NEUTRAL - _ID_WORDS
    return all(map(_is_key_word, between))


def _is_everyday(named: _Named) -> bool:
    """Tell whether the name is met where the service is not meant: a word, or a few letters."""
    service = named.service
    return service.ambiguous or len(service.word) < _TELLING or named.length < _LEAST_LETTERS


def _named_by_host(text: str, services: ServiceTable) -> Optional[Service]:
    """Return the service whose name is a label of a host, the one in the last URL first."""
    for host in reversed(_HOST.findall(text)):
        for label in reversed(host.lower().split(".")[:-1]):
            service = services.get(label.replace("-", ""))
            if service is not None:
                return service
    return None


def _line_start(data: bytes, place: int) -> int:
    """Return where the line begins, or so much before the place as is ever looked at."""
    low = max(0, place - 2 * _AFTER)
    return max(low, data.rfind(b"\n", low, place) + 1)


def _line_around(data: bytes, line_start: int, start: int, end: int) -> str:
    """Return what stands beside the value on its line, and on the next where the line goes on."""
    first, _, rest = _decoded(data[end : end + 2 * _AFTER]).partition("\n")
    if first.rstrip().endswith("\\"):
        first += " " + rest.partition("\n")[0]
    return _decoded(data[line_start:start]) + " " + first


def _above(data: bytes, line_start: int, *, alone: bool) -> str:
    """Return the lines that open the blocks around a line, outermost first, or continue into it.

    ``alone``: no name stands before the value on its own line, so the line before has it.
    """
    low = max(0, line_start - _PARENT_BYTES)
    text = _decoded(data[low:line_start])
    lines = text.split("\n")[:-1] if text.endswith("\n") else text.split("\n")
    stop = data.find(b"\n", line_start, line_start + _REACH)
    own = _decoded(data[line_start : stop if stop >= 0 else line_start + _REACH])
    indent = _indent(own)
    kept: list[str] = []
    for number, line in enumerate(reversed(lines[-_PARENT_LINES:])):
        if not line.strip():
            continue
        continues = number == 0 and (alone or _GOES_ON.search(line) is not None)
        opens = line.rstrip().endswith(_OPENS) and _indent(line) < indent
        if continues or opens or _is_section(line):
            kept.append(line[-_REACH:].rstrip("\r"))
            indent = min(indent, _indent(line))
            if len(kept) == _MOST_PARENTS or _is_section(line):
                break
    return "\n".join(reversed(kept))


def _is_section(line: str) -> bool:
    return line.startswith("[") and line.rstrip().endswith("]")


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" \t-"))


def _decoded(data: bytes) -> str:
    return data.decode("latin-1")


def _atoms(text: str) -> Atoms:
    if "-D" in text:
        text = _DEFINES.sub("- ", text)
    found = list(_ATOM.finditer(text))[-_MOST_ATOMS:]
    words = tuple([word.group().lower() for word in found])
    return Atoms(words, tuple([word.end() for word in found]))


@lru_cache(maxsize=2048)
def _is_key_word(word: str) -> bool:
    if word.startswith("author") and not word.startswith("authoriz"):
        return False  # who wrote or grants something
    return word.endswith(_KEY_WORDS) or word.startswith(("auth", "cred", "secret", "token"))


def _service_in(atoms: Atoms, length: int, services: ServiceTable) -> Optional[_Named]:
    """Return the service named last.

    ``length``: where the value starts, 0 for no matter where.
    """
    words, ends = atoms
    known = services.words
    for last in range(len(words) - 1, -1, -1):
        if length and length - ends[last] > _FARTHEST:
            return None
        word = words[last]
        best = None
        if word.endswith(_KEY_WORDS):
            bare = _bare(word)
            service = services.get(bare)
            best = _Named(service, last, last, len(bare), is_key=True) if service else None
        joined = ""
        for first in range(last, max(-1, last - _LONGEST_NAME), -1):
            joined = words[first] + joined
            if joined in known:
                service = services.get(joined)
                best = _Named(service, first, last, len(joined)) if service else best
        if best is not None:
            return best
    return None


def _bare(word: str) -> str:
    """Return the word without key words written onto it: ``codatoken`` names Coda."""
    return _WRITTEN_ON.sub("", word)
