"""Whether a password that a structure names can be one: not a reference, a mask or a stand-in.

What people write where a password belongs is of few kinds: a variable or a template that is
filled in later, a mask, an encrypted value that only its holder's key opens, a word that says
"password goes here". The rest is taken for what it claims to be; a structure (a URL, a netrc
file) has already said that a password stands here.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Optional
from unicodedata import combining, normalize

# For texts in small letters: `re` takes half the time where it need not fold them. Of
# shell, make, CI, Maven, Ant, Go, Python, Ruby, JavaScript, Jinja, ERB, batch, SQL*Plus, Razor.
_REFERENCE = re.compile(
    r"""(?x)
    \$\{ | \$\( | \$\[ | ^\$\$?[a-z_][a-z0-9_.:>\-\[\]"']*$
    | \{\{ | ^\{[a-z_][a-z0-9_.:\[\]()'" ]*\}$ | ^\{[0-9]*\}$ | \#\{ | <%
    | %\([a-z_][a-z0-9_]*\)s | ^%[-+0-9.]*[sdvqx@]$ | %\{ | ^%[a-z_][a-z0-9_]*%$
    | ^<[^>]*>$
    | ^&lt; | ^\[[a-z_ .\-]+\]$ | ^@[a-z_][a-z0-9_.\-]*@$ | ^__[a-z0-9_]+__$
    | @@[a-z] | ^:[a-z_]+$ | ^`.*`$
    | \bos\.(?:environ|getenv) | \bgetenv\s*\( | \benv(?:iron)?\s*[\[(.]
    | process\.env | system\.getenv | \bargv\b | \bparams?\[ | \bsecrets\.[a-z_]
    | ^(?:env|file|vault|ssm|secretsmanager|secret|keychain|op|arn|awskms|gcpkms|pass|cmd|exec):
    | ^(?:null|nil|none|undefined|true|false|yes|no|empty|void|unset|blank|n/a|tbd|todo|optional)$
    | ^\(?(?:string|text|str|int|bytes|char|varchar|boolean|bool|object|any)\)?\??$
    | ^(?:~|\.{1,2})?(?:/[a-z0-9_.\-]{1,30}){2,}/?$
    | \([^()]*\)$ | \$this-> | ^self\. | \+\s*[a-z_]+\s*\+ | ^"?\s*\+ | \+\s*$ | ^\.\s*\$
    """
)
# In a text as it is.
_VARIABLE = re.compile(r"\$\{?[A-Z][A-Z0-9_]{2,}")
# Jasypt and Spring Cloud, Ansible, sops, Maven, hiera-eyaml, WildFly, Salt, git-crypt, age.
_ENCRYPTED = re.compile(
    r"""(?xi) ^(?:ENC[(\[] | \{cipher\} | \$ANSIBLE_VAULT | !vault | \{[A-Za-z0-9+/=]{20,}\}$
    | VAULT:: | AQICAH | \{(?:AES|3DES|RSA)\} | -----BEGIN\ (?:PGP\ MESSAGE|AGE) | vault:v\d)"""
)
_MASK = re.compile(r"[*xX•.?_\-#\u2022\u2026 ]+|.{0,4}\*{3,}.{0,6}|(.)\1{2,}|.{0,8}(?:\.\.\.|…)")
_WORDS = frozenset(
    """
    password passwords passwd passphrase passcode passwort contrasena motdepasse senha pass
    pwd pw psw pswd pwort passw secret secrets secretkey sekret token tokens key keys apikey
    api auth authtoken credential credentials cred creds login user users usr username name
    uname userid uid account my your our the a an own this that some any to be is not with for
    of in on or here goes insert enter put replace change changeme changeit changethis me it
    please edit set fill required value string text word foo bar baz qux quux foobar foobaz
    foobarbaz hello world hoge fuga piyo spam ham eggs lorem ipsum alice bob john doe test
    tests testing tester testpass testpassword testuser testpwd testtest example examples
    sample demo dummy fake mock placeholder default mypass mypassword mypwd mysecret
    yourpassword yourpass yourpwd yoursecret userpass userpassword userpwd wrong bad invalid
    incorrect correct good valid new old other another first second redacted removed hidden
    masked masking omitted sanitized filtered obfuscated encrypted hashed encoded db dbname
    database dbpass dbpassword dbuser host hostname port server client proxy admin
    administrator root guest anonymous anoncvs pserver anon nobody oauth basic bearer access
    refresh id github gitlab git bitbucket npm pypi docker http https com org net www
    localhost abc xyz abcd abcdef abcdefg abcdefgh abcdefghij def ghi asdf asdfg qwer qwert
    qwerty zxcv aaa bbb ccc ddd xx yy zz x y z s t p u v n i b c d e f g h random blah
    whatever something anything nothing none empty proxypass proxyuser repopwd repouser leave
    if used unused optional blank
    """.split()  # noqa: SIM905  a list of words reads best as words
)
# Oracle's account for demonstrations since its first release: the manuals of every driver have it.
_DEMONSTRATION = frozenset((("scott", "tiger"),))
# What a manual writes for the parts of an address: POLICY_NAME:KEY.
_CAPITALS = re.compile(r"[A-Z]+(?:_[A-Z]+)+")
_LEET = str.maketrans("@4031$5!\N{LATIN SMALL LETTER SCHWA}", "aaoeissie")
_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^A-Za-z0-9\s_.,:;/+\-]")
_COUNTING = re.compile(r"0+|1|2|3|12|21|123|321|1234|4321|12345|54321|123456|1234567|12345678\d*")


def is_reference(text: str) -> bool:
    """Tell whether the text stands for a value that something else fills in."""
    return _REFERENCE.search(text.lower()) is not None or _VARIABLE.search(text) is not None


def is_encrypted(text: str) -> bool:
    """Tell whether the text is a value that needs a key to be read."""
    return _ENCRYPTED.match(text) is not None


@lru_cache(maxsize=1024)
def is_stand_in(text: str) -> bool:
    """Tell whether the text is made of words (and counting digits) that say "a password"."""
    if not text.isascii():
        text = "".join(c for c in normalize("NFD", text) if not combining(c))
    if _MASK.fullmatch(text) or text.lower().translate(_LEET) in _WORDS:
        return True
    parts = _PARTS.findall(text)
    words = [part.lower() for part in parts if part.isalpha()]
    numbers = [part for part in parts if part.isdigit()]
    if len("".join(words)) + len("".join(numbers)) == 0:
        return True
    if len(words) + len(numbers) < len(parts) and not words:
        return False
    return all(word in _WORDS for word in words) and all(
        _COUNTING.fullmatch(number) for number in numbers
    )


def _is_of_a_manual(user: str, text: str) -> bool:
    """Tell whether manuals print this login: a known one, or two names of parts in capitals."""
    if (user.lower(), text.lower()) in _DEMONSTRATION:
        return True
    return _CAPITALS.fullmatch(text) is not None and _CAPITALS.fullmatch(user) is not None


def fault_of(text: str, user: Optional[str] = None) -> Optional[str]:
    """Return why the text is no password; None when it may be one.

    The reasons: reference, encrypted, stand-in, demonstration (a login that manuals print).
    ``user``: the name beside it; a password equal to it is a stand-in.
    """
    bare = text.strip().strip("\"';,")
    if user is not None and _is_of_a_manual(user.strip(), bare):
        return "demonstration"
    if is_encrypted(bare):
        return "encrypted"
    if not bare or is_reference(bare):
        return "reference"
    if is_stand_in(bare) or (user is not None and bare.lower() == user.lower()):
        return "stand-in"
    return None
