"""What was not looked at, for people: many files of one closed folder are one line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

# So many files of a folder are named one by one.
_NAMED = 3


def fold_skipped(skipped: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield (place, reason) in the order met; more than a few of one folder as one, counted.

    Nothing is left out: a folder's line says how many files it stands for.
    """
    groups: dict[tuple[str, str], list[str]] = {}
    for place, reason in skipped:
        folder, slash, _ = place.rpartition("/")
        known = folder if slash and place.startswith("/") else place
        groups.setdefault((known or "/", reason), []).append(place)
    for (folder, reason), places in groups.items():
        each = list(dict.fromkeys(places))
        if len(each) <= _NAMED:
            yield from ((place, reason) for place in each)
        else:
            yield folder, f"{len(each)} places in it: {reason}"
