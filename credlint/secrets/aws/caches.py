"""The caches of IAM Identity Center and of ``aws login``: tokens that nothing else gives away.

Names: botocore 1.44.5 utils.py, SSOTokenLoader and the login cache; ``expiresAt`` is their end.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from credlint.model.finding import Level
from credlint.model.secret import Secret
from credlint.secrets.aws.moments import expiry_beside, expiry_words, is_over, shown
from credlint.secrets.candidate import Candidate, Match, TextView
from credlint.secrets.json_places import iter_texts, meaning_of
from credlint.secrets.randomness import entropy, is_placeholder

_LABELS = {
    "accessToken": "access token",
    "refreshToken": "refresh token",
    "clientSecret": "client secret",
    "idToken": "identity token",
}
_ENTROPY, _LEAST_LENGTH = 3.8, 40
_MARKS = {"startUrl", "registrationExpiresAt", "clientIdHash", "dpopKey"}


def inspect_caches(matches: Sequence[Match], view: TextView) -> Iterator[Candidate]:
    """Judge a document that speaks of a start URL or a registration, as the caches do."""
    pattern = matches[0].pattern
    # Megabytes of models of AWS' interfaces have the marks, too.
    if b'"expiresAt"' not in view.data:
        return
    texts = [text for text in iter_texts(view.data) if len(text.path) == 1]
    names = {str(text.path[0]) for text in texts}
    if "expiresAt" not in names or not names & _MARKS:
        return
    for text in texts:
        name = str(text.path[0])
        value = meaning_of(view.data, text)
        if name not in _LABELS or len(value) < _LEAST_LENGTH:
            continue
        if entropy(value) < _ENTROPY or is_placeholder(value):
            continue
        # A refresh token outlives the access token that the time beside it is about.
        ends = expiry_beside(text.start, text.end, view) if name == "accessToken" else None
        over = is_over(ends, view)
        level: Level = "note" if over else "error"
        message = f"{_LABELS[name].capitalize()} of IAM Identity Center in a cache of the AWS CLI."
        yield Candidate(
            pattern=pattern,
            start=text.start,
            end=text.end,
            value=Secret(value),
            level=level,
            message=f"{message} {expiry_words(ends, view)}".rstrip(),
            subject=f"IAM Identity Center {_LABELS[name]}",
            properties=(("expires", shown(ends)),) if ends is not None else (),
        )
