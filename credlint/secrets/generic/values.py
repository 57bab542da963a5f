"""What a value is when it is no secret: a reference, a placeholder, a path, a digest, a mask."""

from __future__ import annotations

import re

_REFERENCE = re.compile(
    r"""(?xi)
    \A (?: \$ [({\[]? [a-z_] [\w.:\[\]"'>-]* [)}\]]? \Z | \$\( | % [\w({] .* [%)}] \Z | % [sdvq] \Z
        | \{ [^{}]* \} \Z | < [^>]* >? \Z | \[ .* \] \Z | @\{ | @[a-z.]+ \Z | & [a-z]+ \Z
        | ! \w+ \Z | \#\{ | : [a-z_]+ \Z | \*+ \w+ \Z | \.\.?/ | ~/ | / [a-z.] | [a-z]:\\ | \\\\
        | --? [a-z] | \?+ \Z )
    | \$\{ [^{}]* \} | \$\{ [A-Z_]+ \Z | \{\{ [^{}]* (?: \}\} | \Z ) | \$\( \w | <% | %> | \#\{ [^{}]* \}
    | \{ [0-9a-z_.]* \} | %\( [a-z_.]+ \)s | % [0-9]? [sdvqx] \b
    | \b (?: process | os | sys | env | secrets | vars? | local | data | module | self | this | settings
          | config | params | props | state | opts | options | args | ctx | req | request | app ) \. [a-z_]
    | getenv | environ | lookup\( | \w\(\) | < [a-z/] [^<>]* > | & (?: lt | gt | amp | quot | nbsp ) ; | ://
    """
)
_STORED = re.compile(
    r"""(?xi)
    \A (?: arn: | vault: | enc[:\[(] | sops: | kms: | ssm: | secretsmanager | projects/ | op:// | awskms | data: | urn: | ref\+ | gcp:
      | ssh-(?:rsa|dss|ed25519) | ecdsa- | -----BEGIN | \{(?:ssha?|md5|crypt|sha|cleartext|bcrypt|pbkdf2)[0-9]*\}
      | \$(?:2[abxy]?|1|5|6|y|7|argon2(?:id?|d)?|pbkdf2[a-z0-9-]*|scrypt|apr1|P|H)\$ | pbkdf2[_:] | sha(?:1|256|384|512)[-:$] | md5[-:] | bcrypt | argon2 | scrypt:
      | MII[A-Z] | AAAA[BCE][0-9] | \#[0-9a-f]{3,8}\Z | rgba?\( | 0x[0-9a-f]+\Z | [A-Z][a-z]+/[A-Z][A-Za-z_]+\Z )
    """
)
_MASK = re.compile(r"[*•xX.·#_\-?=~+]{4,}|\.\.\.|…|(.)\1{4,}")
_SAYS_SO = re.compile(
    r"(?i)example|placeholder|change.?me|redacted|dummy|replace|your|insert|todo|fixme|sample|fake"
    r"|password|passwd|secret|s3cr3t|s3cret|sekr[ei]t|p[a@]ssw[o0]rd|p[a@]ss(?:[^a-z]|\Z)|credential|token|changeit|default|invalid|wrong|testing|test(?:[^a-z]|\Z)|\Atest"
)
_SEQUENCE = re.compile(
    r"(?i)0?12345|23456|98765|abcdef|qwert|asdfg|zxcvb|deadbeef|cafebabe|1q2w3e|11111|00000|abc123|123abc|foobar|\A[a-z]{1,4}1234?5?6?\Z|0001020304"
)
_UUID = re.compile(r"(?i)\{?[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\}?\Z")
_HEX = re.compile(r"(?:[0-9a-f]{8,}|[0-9A-F]{8,})\Z")
_NUMBER = re.compile(r"[+\-]?[0-9][0-9.,:_/\-TZ ]*\Z")
_MAIL = re.compile(r"[\w.+\-]+@[\w\-]+(?:\.[\w\-]+)+\Z")
_FILE = re.compile(r"(?i).*\.(?:pem|key|crt|cer|cert|json|ya?ml|txt|p12|pfx|jks|py|js|ts|go|rb|php|html?|css|png|jpe?g|svg|xml|conf|ini|env|sh|md|java|cs|lock|keytab|pub|asc|gpg|sock|log|com|org|net|io|dev|local)\Z")
_LEET = str.maketrans("013457@$!", "oieastasi")


def is_reference(text: str) -> bool:
    """Tell whether the value is to be looked up elsewhere, or made by a template or a call."""
    return _REFERENCE.search(text) is not None


def is_stored_form(text: str) -> bool:
    """Tell whether the value is a digest, an encrypted value, a public key or a store's address."""
    return _STORED.match(text) is not None


def is_placeholder(text: str) -> bool:
    """Tell whether the value says of itself that another belongs there, or is a mere row."""
    if _MASK.search(text) or _SAYS_SO.search(text) or _SEQUENCE.search(text):
        return True
    return len(set(text)) <= max(2, len(text) // 6)


def is_uuid(text: str) -> bool:
    """Tell whether the value has the form of RFC 9562."""
    return _UUID.match(text) is not None


def is_hex(text: str) -> bool:
    """Tell whether the value is hex digits of one case, letters and digits among them."""
    return _HEX.match(text) is not None and not text.isdigit() and not text.isalpha()


def is_number_or_place(text: str) -> bool:
    """Tell whether the value is a number, date, address or the name of a file or host."""
    return any(pattern.match(text) for pattern in (_NUMBER, _MAIL, _FILE))


def plain_letters(text: str) -> str:
    """Return the text in lower case with digits and signs read as the letters they imitate."""
    return text.lower().translate(_LEET)


def resembles(text: str, name: str) -> bool:
    """Tell whether a value only repeats its name, or a part of it, perhaps with a number."""
    left = re.sub(r"[^a-z]", "", text.lower())
    right = re.sub(r"[^a-z]", "", name.lower())
    if not left:
        return False
    return left == right or (len(left) > 2 and (left in right or right in left and len(right) * 2 > len(left)))  # noqa: PLR2004
