"""SHA-256 and BLAKE2 without OpenSSL, which takes 3 ms to load.

They are the modules that ``hashlib`` itself falls back to: no promise of the language, but part of
its usual builds; elsewhere they come from ``hashlib``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

__all__ = ["blake2b", "sha256"]

if TYPE_CHECKING:
    from hashlib import blake2b, sha256
else:
    try:
        from _blake2 import blake2b
    except ImportError:
        from hashlib import blake2b
    try:
        from _sha2 import sha256  # since Python 3.12
    except ImportError:
        try:
            from _sha256 import sha256
        except ImportError:
            from hashlib import sha256
