"""Accounts whose keys are traps: a call with one of them, even a harmless one, raises an alarm.

Collected by trufflehog from the keys that Thinkst's canarytokens.org and its imitators gave out
(``pkg/detectors/aws``, 2025); an account number is no secret. Others are not known to us.
"""

from __future__ import annotations

_THINKST = frozenset(
    """
    052310077262 171436882533 266735846894 534261010715 595918472158 717712589309 730335385048
    819147034852 893192397702 992382622183
    """.split()  # noqa: SIM905  a list of numbers reads best as words
)
_IMITATIONS = frozenset(
    """
    044858866125 251535659677 344043088457 351906852752 390477818340 426127672474 427150556519
    439872796651 445142720921 465867158099 637958123769 693412236332 732624840810 735421457923
    959235150393 982842642351
    """.split()  # noqa: SIM905
)


def canary_words(account: str) -> str:
    """Return the sentence that warns of a canary account, empty for any other account."""
    if account in _THINKST:
        return (
            "The account is one of Thinkst's canaries: any call with this key raises an alarm, "
            "so do not try it."
        )
    if account in _IMITATIONS:
        return (
            "The account is known for canary keys: any call with this key may raise an alarm, "
            "so do not try it."
        )
    return ""
