"""PostgreSQL refuses to run as root; this finds another account to run it as.

As root the first choice is a user namespace: inside it we are `nobody`, outside the
files still belong to root and nobody else can read them. Where namespaces are switched
off, PostgreSQL runs as the real `nobody` and gets its files in a place of its own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass

NOBODY = 65534
NAMESPACE = ("unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}")
SWITCH = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")


@dataclass(frozen=True, slots=True)
class Account:
    """`prefix` goes before a command; `foreign`: its files must belong to `nobody`."""

    prefix: tuple[str, ...] = ()
    foreign: bool = False


def account() -> Account:
    if os.geteuid() != 0:
        return Account()
    if _works(NAMESPACE):
        return Account(NAMESPACE)
    return Account(SWITCH, foreign=True)


def _works(prefix: tuple[str, ...]) -> bool:
    if shutil.which(prefix[0]) is None:
        return False
    return subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode == 0
