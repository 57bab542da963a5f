"""Whether another user than root could connect to an address, without running anything as one.

Packet filters and routing rules judge a socket by the file system uid of the thread that made it
(Linux net/netfilter/xt_owner.c: the file's ``f_cred->fsuid``; ip-rule(8) uidrange: the socket's
inode). That uid is each thread's own (setfsuid(2)), so one thread, which ends right after, tells
what a process of that user would meet. Nothing is sent.
"""

from __future__ import annotations

import os
import sys
import threading
from typing import Optional

from credlint.host.address import AddressError, Deadline, connect

# The overflow uid of Linux, "nobody": it owns nothing and runs no service that a rule would name.
NOBODY = 65534
_ASK = 2**32 - 1  # an invalid uid: setfsuid changes nothing and returns the present one


def nobody_connects(addresses: tuple[str, ...], port: int, deadline: Deadline) -> Optional[bool]:
    """Tell whether ``nobody`` could connect; None where that cannot be tried (not root)."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return None
    answers: list[bool] = []

    def attempt() -> None:
        if not _become_nobody():
            return
        try:
            connect(addresses, port, deadline).close()
        except AddressError:
            answers.append(False)
        else:
            answers.append(True)

    thread = threading.Thread(target=attempt, daemon=True)
    thread.start()
    thread.join()
    return answers[0] if answers else None


def _become_nobody() -> bool:
    """Change the calling thread's file system uid; tell whether that was let happen."""
    import ctypes  # noqa: PLC0415  start-up

    library = ctypes.CDLL(None)
    if not hasattr(library, "setfsuid"):
        return False
    change = library.setfsuid
    change.argtypes = [ctypes.c_uint32]
    change(NOBODY)
    return int(change(_ASK)) == NOBODY
