"""Parses Python for the analysers, and says why where it cannot."""

from __future__ import annotations

import ast
import sys
import warnings
from typing import Union

from credlint.model.document import Document
from credlint.model.finding import Skipped

NOT_PARSED = "RUN907"
LARGEST_SOURCE = 2 * 1024 * 1024
TOO_DEEP = "the source is nested too deeply"


def not_applied(document: Document, reason: str) -> Skipped:
    """Return the note on a file that the code rules could not look at."""
    return Skipped(document.uri, f"code rules not applied: {reason}", NOT_PARSED, document.base)


def parse(document: Document) -> Union[ast.Module, Skipped]:
    """Return the module's ``ast``, or why the code rules could not look at the file."""

    def skip(reason: str) -> Skipped:
        return not_applied(document, reason)

    if len(document.data) > LARGEST_SOURCE:
        return skip(f"the source is larger than {LARGEST_SOURCE:,} bytes")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # invalid escapes are the author's business
            tree = ast.parse(document.data)
    except SyntaxError as error:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        return skip(f"line {error.lineno or 1} is no valid Python {version}")
    except (RecursionError, MemoryError):
        return skip(TOO_DEEP)
    except (ValueError, UnicodeError, LookupError) as error:
        return skip(f"the source cannot be decoded ({type(error).__name__})")
    return tree
