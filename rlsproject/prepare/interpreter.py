"""Finding a Python that is new enough."""

from __future__ import annotations

import shutil
import subprocess
import sys

from rlsproject.prepare.advice import Advice

OLDEST = (3, 11)
NEWEST_KNOWN = 14


def suitable_python() -> str:
    """The running Python if it is new enough, else a newer one on the PATH; raises Advice."""
    if sys.version_info >= OLDEST:
        return sys.executable
    for minor in range(NEWEST_KNOWN, OLDEST[1] - 1, -1):
        found = shutil.which(f"python3.{minor}")
        if found:
            return found
    running = ".".join(map(str, sys.version_info[:2]))
    raise Advice(
        f"Python 3.11 or newer is needed; python3 is {running} and there is no other. Install one "
        "(Debian 12, Ubuntu 24.04 and later have it: sudo apt install python3 python3-venv), "
        "or name it: make run PYTHON=/path/to/python3.11"
    )


def version_of(python: str) -> str:
    """Such as `3.11`."""
    program = "import sys; print('%d.%d' % sys.version_info[:2])"
    return subprocess.run([python, "-c", program], capture_output=True, text=True, check=True).stdout.strip()


def can_make_environments(python: str) -> bool:
    """Debian packs the module that puts pip into an environment apart."""
    return (
        subprocess.run([python, "-c", "import ensurepip"], capture_output=True, check=False).returncode == 0
    )
