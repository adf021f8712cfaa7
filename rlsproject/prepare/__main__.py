from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from rlsproject.prepare import debian, packages
from rlsproject.prepare.advice import Advice
from rlsproject.prepare.interpreter import can_make_environments, suitable_python, version_of

PROJECT = Path(__file__).resolve().parent.parent.parent
ENVIRONMENT = PROJECT / ".venv"


def main() -> None:
    for_tests = "--tests" in sys.argv[1:]
    try:
        _prepare(for_tests)
    except Advice as advice:
        sys.exit(f"\n{advice}")
    except KeyboardInterrupt:
        sys.exit("\nInterrupted; the next start goes on from here.")


def _prepare(for_tests: bool) -> None:
    _make_environment()
    packages.install(ENVIRONMENT, PROJECT, "requirements-dev.txt" if for_tests else "requirements.txt")
    packages.install_faster(ENVIRONMENT, PROJECT)
    if for_tests:
        debian.require(debian.TEST_PACKAGES)


def _make_environment() -> None:
    if _works(ENVIRONMENT / "bin" / "python"):
        return
    python = suitable_python()
    if not can_make_environments(python):
        debian.require([f"python{version_of(python)}-venv"])
    print(f"Making a virtual environment in {ENVIRONMENT.name}", flush=True)  # noqa: T201
    shutil.rmtree(ENVIRONMENT, ignore_errors=True)
    subprocess.run([python, "-m", "venv", str(ENVIRONMENT)], check=True)


def _works(python: Path) -> bool:
    """False also after an upgrade of the system's Python or an interrupted set-up."""
    if not python.exists():
        return False
    return (
        subprocess.run([python, "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0
    )


main()
