"""The words around a claim that take it back, or leave it: data of names.py."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# After the claim these make it speak of something else: its name, kind, place, length, time.
TAKES_BACK = _words(
    """
    again age alg algo algorithm alias aliases arg args arn at attr attribute binding bindings
    bits board bucket builder button cache callback cap caps change changed changes char chars
    check checker checks checksum class cmd code codes col color column command confirm
    confirmation confirmed count created data date dict digest dir disable disabled down enable
    enabled encoding endpoint env err error errors event events expiration expire expired
    expires expiry factory field fields file files fingerprint folder for forgot form format
    frame from guid handler has hash hashed hashes header headers hidden hint hints host icon id
    ids idx in index info input is issuer iterations kind label labels last len length lifetime
    limit link list manager map max message method min mode msg name names no num number of ops
    opt option options owner page pair param parameter parameters params parser path paths
    pattern placeholder point points policies policy port prefix press prompt property props
    provider re ref reference references regex repeat request require required reset response
    review rotation rounds row rule rules salt scheme scope scopes selector service set sha sign
    signature size source space spec specs src state status store stream strength suffix table
    template text thumbprint time timestamp title to ttl type types up update updated uri uris
    url usage used user username uuid valid validate validation validator var variable variables
    verify version view visible width word words
    """
)
# Before a claim of that kind these do: public and foreign keys, marks of pages and of parsers.
TAKES_BACK_BEFORE = {
    "password": _words(
        """
        bad by bypass compass data empty expired first forgotten has incorrect invalid is
        last lost missing multi next no one render second shader single two weak wrong
        """
    ),
    "secret": _words(
        """
        has is no non exporter traffic master resumption handshake early premaster
        """
    ),
    "token": _words(
        """
        authenticity bos cancel cancellation change client comment continuation csrf
        csrfmiddleware cursor delete design end eos form grant idempotency input lex lexer
        lifecycle lock mask max min next nextpage num number operator output pad page
        pagetoken pagination paging prev previous public punctuation request resume scroll
        sep sequence special start status starting starttoken stop
        string sync syntax task template unk
        update upload verification xsrf reset
        """
    ),
    "key": _words(
        """
        alt any arrow attr attribute blob cache cached candidate cmk col color composite
        config ctrl data dedup default dict enter esc escape etag event field file filename
        first foreign gpg gravatar group has hash host hot i18n idempotency image img index
        is item items json kms known label lang last locale lookup map max message meta min
        modifier natural next no non num object param partition pgp prev primary pub public
        query range react registry return routing row s search sequence setting settings
        shift signing sort ssh storage sub super surrogate tab tag translation unique
        version yaml
        """
    ),
}
# Wherever they stand before a claim, what follows is public, foreign or not to be read.
TAKES_BACK_ANYWHERE = _words("action encrypted from pub public publickey socket websocket wrapped")
# After the claim these change nothing.
CHANGES_NOTHING = _words(
    "base admin b64 base64 default hex key plain plaintext str string v2 v4 value"
)
# Which of several it is: the rest of a name whose claim stands earlier.
WHICH = _words(
    """
    a android app b backup client current demo dev development eu external first internal ios
    live local main mobile new old one previous primary prod production qa sandbox second
    secondary server stage staging stg test testing two uat us web
    """
)
# A call that begins so takes its argument from elsewhere or makes something else of it.
OTHER_VERBS = _words(
    """
    assert check compare compute contains decode decrypt delete encode encrypt escape expect
    fetch find generate get handle has hash is list load log lookup mask match on parse print
    read reads redact remove require reset resolve split strip test validate verify writes
    """
)
# Glued to the claim's front these take it back: ``csrftoken``, ``nexttoken``.
TAKES_BACK_GLUED = ("csrf", "xsrf", "next", "page", "public", "pub")
