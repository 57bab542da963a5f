"""credlint: which AWS credentials a process really uses, why, and where keys leak.

Imports nothing, so that the pre-commit hook pays only for what it runs.
"""

__version__ = "0.1.0"
