"""Numbers of AWS accounts, where the text around says that they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from credlint.model.secret import Secret
from credlint.secrets.aws.key_ids import account_properties, account_words
from credlint.secrets.candidate import Candidate, Match, TextView

# Accounts that AWS' manuals print: those of the IAM user guide and of the CLI's examples.
DOCUMENTATION_ACCOUNTS = frozenset(
    (
        *("123456789012", "012345678901", "012345678910", "987654321098", "210123456789"),
        *("111122223333", "444455556666", "777788889999", "123456789123", "123412341234"),
    )
)


def inspect_account_ids(matches: Sequence[Match], view: TextView) -> Iterator[Candidate]:
    """Judge matches of kind ``aws-account-id``."""
    for match in matches:
        account = match.text
        if account in DOCUMENTATION_ACCOUNTS or len(set(account)) == 1:
            continue
        yield Candidate(
            pattern=match.pattern,
            start=match.start,
            end=match.end,
            value=Secret(account),
            level="note",
            message=f"The number of an AWS account{account_words(account, view)} stands here.",
            subject="AWS account",
            properties=(("kind", "account-id"), *account_properties(account, view)),
        )
