"""What a value is when it is no secret: a reference, a placeholder, a path, a digest, a mask."""

from __future__ import annotations

import re

from credlint.secrets.randomness import counts_among_others, is_typed

# A reference begins with none of letters and digits, or holds one of these. All are for text in
# small letters: `re` looks four times as fast where it need not fold them.
_HOLDS_SIGN = re.compile(r"[$%#{<>&(.:]")
_HOLDS_WORD = ("getenv", "environ")
# What is to be looked up elsewhere, or made by a template, a format or a call.
_REFERENCE = re.compile(
    r"""(?x)
    \A (?: \$ [({\[]? [a-z_] [\w.:\[\]"'>-]* [)}\]]? \Z | \$\( | % [\w({] .* [%)}] \Z | % [sdvq] \Z
        | \{ [^{}]* \} \Z | < [^>]* >? \Z | \[ .* \] \Z | @\{ | @[a-z.]+ \Z | & [a-z]+ \Z
        | ! \w+ \Z | \#\{ | : [a-z_]+ \Z | \*+ \w+ \Z | \.\.?/ | ~/ | / [a-z.] | [a-z]:\\ | \\\\
        | --? [a-z] | \?+ \Z )
    | \$\{ [^{}]* \} | \$\{ [a-z_]+ \Z | \{\{ [^{}]* (?: \}\} | \Z ) | \$\( \w | <% | %>
    | \#\{ [^{}]* \} | \{ [0-9a-z_.]* \} | %\( [a-z_.]+ \)s | % [0-9]? [sdvqx] \b
    | \b (?: process | os | sys | env | secrets | vars? | local | data | module | self | this
          | settings | config | params | props | state | opts | options | args | ctx | req
          | request | app ) \. [a-z_]
    | getenv | environ | lookup\( | \w\(\) | < [a-z/] [^<>]* > | & (?: lt | gt | amp | quot ) ; | ://
    """
)
# Public keys, signatures (DER of two integers, RFC 3279 §2.2.3), digests of passwords (crypt(5),
# LDAP's RFC 2307), what is encrypted or in a store.
_STORED_FORM = re.compile(
    r"""(?x)
    \A (?: arn: | vault: | enc[:\[(] | sops: | kms: | ssm: | secretsmanager | projects/ | op://
      | awskms | data: | urn: | ref\+ | gcp:
      | ssh-(?:rsa|dss|ed25519) | ecdsa- | -----begin | aaaa[bce][0-9]
      | me[quy]ci[a-q] | mii[a-z] | mf[kyiq]w | mhyw | migb
      | \{ (?: ssha? | md5 | crypt | sha | cleartext | bcrypt | pbkdf2 ) [0-9]* \}
      | \$ (?: 2[abxy]? | 1 | 5 | 6 | y | 7 | argon2(?:id?|d)? | pbkdf2[a-z0-9-]* | scrypt | apr1
          | p | h ) \$
      | pbkdf2[_:] | sha(?:1|256|384|512)[-:$] | md5[-:] | bcrypt | argon2 | scrypt:
      | [a-z]{2}(?:-[a-z]{3,10}){1,3}-[0-9][_:][0-9a-z-]+\Z  # an identifier of Cognito
      | \#[0-9a-f]{3,8}\Z | rgba?\( | -?0x[0-9a-f_]+\Z | [a-z]+/[a-z_]+\Z )
    """
)
_MASK = re.compile(r"[*•xX.·#_\-?=~+]{4,}|\.\.\.|…|(.)\1{4,}")
_SAYS_SO = re.compile(
    r"""(?x)
    example | placeholder | change.?me | changeit | redacted | dummy | replace | your | insert
    | not.?real | todo | fixme | sample | fake | default | invalid | wrong | testing
    | test (?:[^a-z]|\Z)
    | password | passwd | p[a@][s5$3]{2}w[o0]rd | p[a@]ss (?:[^a-z]|\Z) | secret | s3cre?3?t
    | sekr[ei]t | credential | token
    """
)
_SAYS_AT_ONCE = "test"
# AWS ends what its manuals show so, however long it is.
_ENDS_AS_EXAMPLE = "EXAMPLE"
# Regular expressions: classes, look-around, escapes of a kind of character.
_EXPRESSION = re.compile(r"\[\^?[A-Za-z0-9\\]-[A-Za-z0-9]|\(\?[!=<:P]|\\[wdsbWDSB]")
# Neighbours on the keyboard and in the alphabet, counted bytes; a short word with 123. In small
# letters, too.
_SEQUENCE = re.compile(
    r"""(?x)
    0?12345 | 23456 | 98765 | abcdef | qwert | asdfg | zxcvb | 1q2w3e | 11111 | 00000 | a1b2c3d4
    | abc123 | 123abc | deadbeef | cafebabe | foobar | 0001020304
    """
)
_WORD_AND_COUNT = re.compile(r"[a-z]{1,4}1234?5?6?\Z")
# A longer text spells short words and rows by chance.
_LOOKED_AT = 64
_LONG = 60
_NULS = re.compile(r"A{4,}")
_FEW = 2
_FEW_OF = 6
_UUID = re.compile(r"(?i)\{?[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\}?\Z")
_HEXADECIMAL = re.compile(r"(?:[0-9a-f]{8,}|[0-9A-F]{8,})\Z")
_NUMBER = re.compile(r"[+\-]?[0-9][0-9.,:_/\-TZ ]*\Z")
_MAIL = re.compile(r"[\w.+\-]+@[\w\-]+(?:\.[\w\-]+)+\Z")
# What the name of a file or of a host ends in.
_ENDINGS = frozenset(
    """
    pem key crt cer cert json yml yaml txt p12 pfx jks keytab pub asc gpg py js ts go rb php java
    cs sh htm html css md png jpg jpeg svg xml conf ini env lock log sock com org net io dev local
    """.split()  # noqa: SIM905  a list of words reads best as words
)
_NO_LETTERS = bytes(byte for byte in range(256) if byte not in b"abcdefghijklmnopqrstuvwxyz")
_IMITATED = str.maketrans("013457@$!", "oieastasi")
_SHORTEST_PART = 3
# All steps but one in so many are equal.
_ROW_PART = 4
_FINGERPRINT = 40


def is_reference(text: str) -> bool:
    """Tell whether the value is to be looked up elsewhere, or made by a template or a call."""
    small = text.lower()
    if small[:1].isalnum() and not _HOLDS_SIGN.search(small):
        return any(word in small for word in _HOLDS_WORD)
    return _REFERENCE.search(small) is not None


def is_stored_form(text: str) -> bool:
    """Tell whether the value is a digest, encrypted, a public key or an address of a store."""
    return _STORED_FORM.match(text.lower()) is not None


def is_placeholder(text: str) -> bool:
    """Tell whether the value says that another belongs there, is a pattern or a mere row."""
    # In long base64 of something structured, runs of A are NULs and no mask.
    head = (_NULS.sub("", text) if len(text) >= _LONG else text)[:_LOOKED_AT]
    small = head.lower()
    return (
        len(set(head)) <= max(_FEW, len(head) // _FEW_OF)
        or _says_so(small)
        or _SEQUENCE.search(small) is not None
        or _WORD_AND_COUNT.match(small) is not None
        or _EXPRESSION.search(head) is not None
        or _MASK.search(head) is not None
        or _ENDS_AS_EXAMPLE in text
        or is_typed(text)
        or counts_among_others(text)
    )


def says_so(text: str) -> bool:
    """Tell whether the value says in words that it is made up, or only what belongs there."""
    return _says_so(text.lower())


def _says_so(small: str) -> bool:
    return small.startswith(_SAYS_AT_ONCE) or _SAYS_SO.search(small) is not None


def is_uuid(text: str) -> bool:
    """Tell whether the value has the form of RFC 9562."""
    return _UUID.match(text) is not None


def is_hexadecimal(text: str) -> bool:
    """Tell whether the value is hex digits of one case, letters and digits among them."""
    return _HEXADECIMAL.match(text) is not None and not text.isdigit() and not text.isalpha()


def is_row_of_bytes(text: str) -> bool:
    """Tell whether hex digits count bytes up or down, or repeat them, as test vectors do."""
    if len(text) % 2:
        return False
    row = bytes.fromhex(text)
    steps = [(right - left) % 256 for left, right in zip(row, row[1:])]
    return max(map(steps.count, steps)) * _ROW_PART >= len(steps) * (_ROW_PART - 1)


def is_fingerprint(text: str) -> bool:
    """Tell whether hex digits have the form of an OpenPGP fingerprint (RFC 9580, version 4)."""
    return len(text) == _FINGERPRINT and text == text.upper()


def is_number_or_place(text: str) -> bool:
    """Tell whether the value is a number, date, address or the name of a file or host."""
    ending = text.rpartition(".")
    if ending[1] and ending[2].lower() in _ENDINGS:
        return True
    return _NUMBER.match(text) is not None or ("@" in text and _MAIL.match(text) is not None)


def imitated_letters(text: str) -> str:
    """Return the text in lower case, digits and signs read as the letters that they imitate."""
    return text.lower().translate(_IMITATED)


def resembles(text: str, name: str) -> bool:
    """Tell whether a value only repeats its name, or a part of it, perhaps with a number."""
    value, wanted = _letters_of(text), _letters_of(name)
    if len(value) < _SHORTEST_PART:
        return value == wanted != b""
    return value in wanted or (wanted in value and len(wanted) * 2 > len(value))


def _letters_of(text: str) -> bytes:
    return text.lower().encode("ascii", "ignore").translate(None, _NO_LETTERS)
