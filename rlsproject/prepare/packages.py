"""Installing the pinned Python packages, once per change of the requirements."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
from pathlib import Path

from rlsproject.prepare.advice import Advice

NO_COMPILER = re.compile(
    r"error: command .*(gcc|cc|clang|g\+\+).* failed|No such file or directory: '[^']*(gcc|cc)'"
)
NO_NETWORK = re.compile(r"NewConnectionError|Failed to establish|Temporary failure in name resolution")
PROGRESS = re.compile(r"^(?:Collecting|Building wheel for|Installing collected packages|Downloading) ?(\S+)")


FASTER = "requirements-fast.txt"


def install(environment: Path, project: Path, requirements: str) -> None:
    """Install `requirements` unless exactly they are installed already; raises Advice."""
    stamp = environment / f".installed-{requirements}"
    wanted = _fingerprint(project)
    if stamp.exists() and stamp.read_text() == wanted:
        return
    print(f"Installing Python packages ({requirements}); the first time takes a minute.", flush=True)  # noqa: T201
    _pip(environment / "bin" / "python", project / requirements)
    stamp.write_text(wanted)


def install_faster(environment: Path, project: Path) -> None:
    """Compile what makes the server faster, where that can be done; it works without."""
    if shutil.which("cc") is None:
        return
    try:
        install(environment, project, FASTER)
    except Advice:
        print("  not compiled, and not needed; to have it: sudo apt-get install python3-dev", flush=True)  # noqa: T201


def _fingerprint(project: Path) -> str:
    names = ("constraints.txt", "requirements.txt", FASTER, "requirements-dev.txt")
    return hashlib.sha256(b"".join((project / name).read_bytes() for name in names)).hexdigest()


def _pip(python: Path, requirements: Path) -> None:
    command = [str(python), "-m", "pip", "install", "--disable-pip-version-check", "-r", str(requirements)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as pip:
        assert pip.stdout is not None
        lines = [_shown(line) for line in pip.stdout]
    if pip.returncode:
        raise Advice(_explain("".join(lines)))


def _shown(line: str) -> str:
    """Pip's line, of which the user sees one short line per package."""
    found = PROGRESS.match(line)
    if found and sys.stdout.isatty():
        print(f"\r\033[K  {line.split(':')[0].strip()[:70]}", end="", flush=True)  # noqa: T201
    elif found and line.startswith("Collecting"):
        print(f"  {found[1]}", flush=True)  # noqa: T201
    return line


def _explain(output: str) -> str:
    end = "\n".join(output.splitlines()[-15:])
    if NO_COMPILER.search(output):
        return (
            f"{end}\n\nFor this machine a package has to be compiled, and there is no compiler. Give this "
            "command, then try again:\n  sudo apt-get install --yes build-essential python3-dev"
        )
    if NO_NETWORK.search(output):
        return f"{end}\n\nThe package index cannot be reached. Check the network or pip's index-url."
    return f"{end}\n\npip failed; the lines above say why."
