"""Made-up keys for rule samples, the demo and the tests.

They are assembled at run time from a seed, so that no file of this repository holds a text
that another scanner or a push protection would take for a credential. None was ever issued.

Rule samples and fixtures write placeholders, see :func:`expand`.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import zlib
from collections.abc import Callable

_PLACEHOLDER = re.compile(r"@@([a-z0-9-]+)((?::[A-Za-z0-9_.-]+)*)@@")
_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def _stream(seed: str, count: int) -> bytes:
    return hashlib.shake_256(f"credlint sample {seed}".encode()).digest(count)


def key_id(prefix: str = "AKIA", account: str = "123456789012", seed: str = "1") -> str:
    """Return a well-formed new-generation access key id of that account."""
    tail = int.from_bytes(_stream("id" + seed, 5), "big") & ((1 << 39) - 1)
    number = 1 << 79 | int(account) << 39 | tail
    return prefix + base64.b32encode(number.to_bytes(10, "big")).decode()


def secret_key(seed: str = "1") -> str:
    """Return 40 base64 characters (240 bits), mixed like a real secret access key."""
    return base64.b64encode(_stream("secret" + seed, 30)).decode()


def session_token(seed: str = "1", length: int = 420) -> str:
    """Return a text of the structure of a current session token (``IQoJb3JpZ2luX2Vj``…)."""
    head = b"!\n\torigin_ec\x10:\x1a\teu-west-1"
    body = head + _stream("token" + seed, length)
    return base64.b64encode(body).decode()[:length].ljust(length, "A")


def base62(count: int, seed: str = "1") -> str:
    """Return ``count`` characters of 0-9A-Za-z."""
    return "".join(_BASE62[byte % 62] for byte in _stream("b62" + seed, count))


def hexadecimal(count: int, seed: str = "1") -> str:
    """Return ``count`` lower-case hex digits."""
    return _stream("hex" + seed, count).hex()[:count]


def base64_text(count: int, seed: str = "1") -> str:
    """Return ``count`` characters of the base64 alphabet, without padding."""
    return base64.b64encode(_stream("b64" + seed, count)).decode()[:count]


def github_token(prefix: str = "ghp", seed: str = "1") -> str:
    """Return a classic GitHub token whose checksum (CRC-32 in base62) is right."""
    body = base62(30, "github" + seed)
    number, digits = zlib.crc32(body.encode()), ""
    for _ in range(6):
        number, rest = divmod(number, 62)
        digits = _BASE62[rest] + digits
    return f"{prefix}_{body}{digits}"


def gitlab_token(prefix: str = "glpat", seed: str = "1") -> str:
    """Return a routable GitLab token whose checksum (CRC-32 in base36) is right."""
    raw = _stream("gitlab" + seed, 16) + b"o:1\nu:2i" + bytes([16])
    payload = base64.urlsafe_b64encode(raw).decode().rstrip("=")
    token = f"{prefix}-{payload}.01.{_base36(len(payload), 2)}"
    return token + _base36(zlib.crc32(token.encode()), 7)


def _base36(number: int, width: int) -> str:
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[rest] + digits
    return digits.rjust(width, "0")


def openssh_key(cipher: str = "none", seed: str = "1") -> str:
    """Return an armoured block that names its cipher as OpenSSH's format does."""
    head = b"openssh-key-v1\0" + len(cipher).to_bytes(4, "big") + cipher.encode()
    body = base64.b64encode(head + _stream("openssh" + seed, 240)).decode()
    rows = [body[i : i + 70] for i in range(0, len(body), 70)]
    dashes, label = "-" * 5, "OPENSSH PRIVATE KEY"
    return "\n".join([f"{dashes}BEGIN {label}{dashes}", *rows, f"{dashes}END {label}{dashes}"])


def pem(label: str = "RSA PRIVATE KEY", seed: str = "1", lines: int = 6) -> str:
    """Return an armoured block with that label and a random body."""
    body = base64.b64encode(_stream("pem" + seed, 48 * lines)).decode()
    rows = [body[i : i + 64] for i in range(0, len(body), 64)]
    dashes = "-" * 5
    return "\n".join([f"{dashes}BEGIN {label}{dashes}", *rows, f"{dashes}END {label}{dashes}"])


def base64_of_pem(label: str = "RSA", seed: str = "1") -> str:
    """Return the base64 of an armoured block, as a Kubernetes Secret holds it."""
    whole = label if label == "CERTIFICATE" else f"{label} PRIVATE KEY"
    return base64.b64encode(pem(whole, seed).encode()).decode()


def json_web_token(expiration: str = "0", seed: str = "1") -> str:
    """Return a token that ends at that Unix second, or does not say when it is 0."""
    claims = f'{{"iss":"credlint","sub":"{base62(12, "jwt" + seed)}"'
    claims += f',"exp":{expiration}}}' if int(expiration) else "}"
    texts = ('{"alg":"HS256","typ":"JWT"}', claims)
    parts = [base64.urlsafe_b64encode(text.encode()).decode().rstrip("=") for text in texts]
    return ".".join([*parts, base62(43, "signature" + seed)])


def base64_of_jwt(expiration: str = "0", seed: str = "1") -> str:
    """Return the base64 of such a token."""
    return base64.b64encode(json_web_token(expiration, seed).encode()).decode()


def age_key(seed: str = "1") -> str:
    """Return an age identity whose Bech32 checksum (BIP 173) is right."""
    prefix, digits = "age-secret-key-", "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
    number = int.from_bytes(_stream("age" + seed, 32), "big") << 4
    body = [number >> 5 * place & 31 for place in range(51, -1, -1)]
    values = [ord(character) >> 5 for character in prefix] + [0]
    values += [ord(character) & 31 for character in prefix] + body + [0] * 6
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for bit, part in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            check ^= part if top >> bit & 1 else 0
    body += [(check ^ 1) >> 5 * place & 31 for place in range(5, -1, -1)]
    return f"{prefix}1{''.join(digits[value] for value in body)}".upper()


def nkey_seed(kind: str = "U", seed: str = "1") -> str:
    """Return a NATS seed (kind U user, A account, O operator …) whose CRC-16 is right."""
    prefix = (ord(kind) - ord("A")) << 3
    raw = bytes([18 << 3 | prefix >> 5, (prefix & 31) << 3]) + _stream("nkey" + seed, 32)
    raw += binascii.crc_hqx(raw, 0).to_bytes(2, "little")
    return base64.b32encode(raw).decode().rstrip("=")


def docker_auth(user: str = "jo", seed: str = "1") -> str:
    """Return a login as Docker stores it: base64 of user and password."""
    return base64.b64encode(f"{user}:{base62(16, 'docker' + seed)}".encode()).decode()


def ecr_auth(expiration: str, seed: str = "1") -> str:
    """Return a login of ECR as Docker stores it; its password ends at that Unix second."""
    password = f'{{"payload":"{base62(40, "ecr" + seed)}","expiration":{expiration}}}'
    inner = base64.b64encode(password.encode()).decode()
    return base64.b64encode(f"AWS:{inner}".encode()).decode()


def codeartifact_token(expiration: str, seed: str = "1") -> str:
    """Return a text of the structure of a CodeArtifact token that ends at that Unix second."""
    issued = int(expiration) - 43_200
    header = f'{{"ver":1,"isu":{issued},"enc":"A128GCM","exp":{expiration},"alg":"A128GCMKW"}}'
    first = base64.urlsafe_b64encode(header.encode()).decode().rstrip("=")
    parts = [base62(count, f"artifact{count}{seed}") for count in (22, 16, 300, 22)]
    return ".".join([first, *parts])


def smtp_password(region: str, seed: str = "1") -> str:
    """Return the SES password of :func:`secret_key` in a region, the old form for ``-``."""

    def sign(key: bytes, text: str) -> bytes:
        return hmac.new(key, text.encode(), hashlib.sha256).digest()

    secret = secret_key(seed).encode()
    if region == "-":
        return base64.b64encode(b"\x02" + sign(secret, "SendRawEmail")).decode()
    digest = sign(b"AWS4" + secret, "11111111")
    for text in (region, "ses", "aws4_request", "SendRawEmail"):
        digest = sign(digest, text)
    return base64.b64encode(b"\x04" + digest).decode()


def service_password(seed: str = "1") -> str:
    """Return a password of a service-specific credential: 32 bytes in base64."""
    return base64.b64encode(_stream("service" + seed, 32)).decode()


def _signed_query(date: str, seconds: str, seed: str) -> str:
    key = key_id("ASIA", "210987654321", "query" + seed)
    token = base62(200, "query" + seed)
    return (
        f"X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={key}%2F{date[:8]}%2Feu-west-1%2F{{}}"
        f"%2Faws4_request&X-Amz-Date={date}&X-Amz-Expires={seconds}&X-Amz-Security-Token={token}"
        f"&X-Amz-SignedHeaders=host&X-Amz-Signature={hexadecimal(64, 'query' + seed)}"
    )


def presigned_url(date: str, seconds: str = "3600", seed: str = "1") -> str:
    """Return a presigned URL of that date (20260131T120000Z), valid for so many seconds."""
    query = _signed_query(date, seconds, seed).format("s3")
    return f"https://bucket.s3.eu-west-1.amazonaws.com/object?{query}"


def bedrock_long(account: str = "123456789012", seed: str = "1") -> str:
    """Return a text of the structure of a long-term Bedrock API key of that account."""
    secret = base64.b64encode(_stream("bedrock" + seed, 44)).decode()
    inner = f"BedrockAPIKey-{base62(4, 'bedrock' + seed).lower()}-at-{account}:{secret}"
    return "ABSK" + base64.b64encode(inner.encode()).decode()


def bedrock_short(date: str, seconds: str = "43200", seed: str = "1") -> str:
    """Return a text of the structure of a short-term Bedrock API key of that date."""
    query = _signed_query(date, seconds, seed).format("bedrock")
    inner = f"bedrock.amazonaws.com/?Action=CallWithBearerToken&{query}&Version=1"
    return "bedrock-api-key-" + base64.b64encode(inner.encode()).decode()


def base64_of(kind: str, *parts: str) -> str:
    """Return the base64 of what another placeholder stands for."""
    return base64.b64encode(_MAKERS[kind](*parts).encode()).decode()


_MAKERS: dict[str, Callable[..., str]] = {
    "key-id": key_id,
    "secret-key": secret_key,
    "session-token": session_token,
    "base62": lambda count, *seed: base62(int(count), *seed),
    "base64": lambda count, *seed: base64_text(int(count), *seed),
    "hex": lambda count, *seed: hexadecimal(int(count), *seed),
    "github-token": github_token,
    "gitlab-token": gitlab_token,
    "codeartifact-token": codeartifact_token,
    "docker-auth": docker_auth,
    "age-key": age_key,
    "jwt": json_web_token,
    "base64-of-jwt": base64_of_jwt,
    "nkey-seed": nkey_seed,
    "ecr-auth": ecr_auth,
    "smtp-password": smtp_password,
    "service-password": service_password,
    "presigned-url": presigned_url,
    "bedrock-long": bedrock_long,
    "bedrock-short": bedrock_short,
    "base64-of": base64_of,
    "openssh-key": openssh_key,
    "base64-of-pem": base64_of_pem,
    "pem": lambda *seed: pem("RSA PRIVATE KEY", *seed),
    "nothing": str,
    "pem-open": lambda: "-" * 5,
    "pem-close": lambda: "-" * 5,
}


def expand(text: str) -> str:
    """Replace placeholders in a sample.

    ``@@key-id:AKIA:123456789012:SEED@@``, ``@@secret-key:SEED@@``, ``@@session-token:SEED@@``,
    ``@@base62:COUNT:SEED@@``, ``@@base64:COUNT:SEED@@``, ``@@hex:COUNT:SEED@@``,
    ``@@github-token:ghp:SEED@@``, ``@@gitlab-token:glpat:SEED@@``, ``@@openssh-key:CIPHER:SEED@@``,
    ``@@age-key:SEED@@``, ``@@nkey-seed:KIND:SEED@@``,
    ``@@jwt:UNIX-SECOND:SEED@@``, ``@@base64-of-jwt:UNIX-SECOND:SEED@@``,
    ``@@docker-auth:USER:SEED@@``, ``@@ecr-auth:UNIX-SECOND:SEED@@``,
    ``@@smtp-password:REGION:SEED@@``, ``@@service-password:SEED@@``,
    ``@@presigned-url:DATE:SECONDS:SEED@@``, ``@@bedrock-long:ACCOUNT:SEED@@``,
    ``@@bedrock-short:DATE:SECONDS:SEED@@``, ``@@base64-of:KIND:…@@``,
    ``@@codeartifact-token:UNIX-SECOND:SEED@@``, ``@@base64-of-pem:LABEL:SEED@@``, ``@@pem:SEED@@``
    and ``@@pem-open@@``/``@@pem-close@@`` for the dashes alone; ``@@nothing@@`` only takes a
    key-like text apart. Trailing parts may be left out.

    Raises ValueError for an unknown placeholder.
    """
    return _PLACEHOLDER.sub(_assemble, text)


def _assemble(match: re.Match[str]) -> str:
    kind, parts = match.group(1), [part for part in match.group(2).split(":") if part]
    if kind not in _MAKERS:
        message = f'unknown placeholder "{kind}"'
        raise ValueError(message)
    return _MAKERS[kind](*parts)
