"""Installing Debian packages, or saying how to."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence

from rlsproject.prepare.advice import Advice

# What the tests talk to: a presence server, phones, a browser, the database of an old installation;
# and what reads their NOTIFYs; and promtool, which reads the alert rules.
TEST_PACKAGES = (
    "kamailio",
    "kamailio-presence-modules",
    "kamailio-xml-modules",
    "sip-tester",
    "linphone-cli",
    "baresip-core",
    "chromium",
    "tshark",
    "mariadb-server",
    "prometheus",
)


def require(packages: Sequence[str]) -> None:
    """Install what is missing; raises Advice with the command when we may not."""
    missing = [package for package in packages if not installed(package)]
    if missing:
        _install(missing)


def installed(package: str) -> bool:
    if shutil.which("dpkg-query") is None:
        raise Advice(f"This is not Debian or Ubuntu; install by hand: {package}")
    query = ["dpkg-query", "--show", "--showformat=${db:Status-Status}", package]
    return subprocess.run(query, capture_output=True, text=True, check=False).stdout == "installed"


def _install(packages: Sequence[str]) -> None:
    by_hand = f"sudo apt-get update && sudo apt-get install --yes {' '.join(packages)}"
    rights = _rights()
    if rights is None:
        raise Advice(
            f"Debian packages are missing, and installing takes root. Give this command:\n  {by_hand}"
        )
    print(f"Installing with apt: {' '.join(packages)}", flush=True)  # noqa: T201
    environment = [*rights, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "--quiet"]
    for command in (["update"], ["install", "--yes", "--no-install-recommends", *packages]):
        if subprocess.run([*environment, *command], check=False).returncode:
            raise Advice(f"apt failed (see above). When that is mended, give this command:\n  {by_hand}")


def _rights() -> list[str] | None:
    """What to put before a command that needs root; None if we cannot have it."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") is None:
        return None
    asks_nothing = subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0
    return ["sudo"] if asks_nothing or sys.stdin.isatty() else None
