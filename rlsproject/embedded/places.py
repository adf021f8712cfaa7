"""Where the embedded servers keep their data and sockets, and the URLs that lead there."""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

DATABASE = "rls"
USER = "rls"
LONGEST_SOCKET_FOLDER = 80  # sun_path holds 108 bytes, and PostgreSQL adds a name of its own


@dataclass(frozen=True, slots=True)
class Places:
    """The files of the embedded servers below one folder, which only its owner can enter."""

    folder: Path

    @property
    def postgres(self) -> Path:
        return self.folder / "postgres"

    @property
    def logs(self) -> Path:
        return self.folder / "log"

    @property
    def sockets(self) -> Path:
        """Below `folder`, or below /tmp when that path is too long for a socket."""
        near = self.folder / "run"
        if len(os.fsencode(near)) <= LONGEST_SOCKET_FOLDER:
            return near
        digest = hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:12]
        return Path(f"/tmp/rls-{os.getuid()}-{digest}")

    @property
    def valkey_socket(self) -> Path:
        return self.sockets / "valkey.sock"

    @property
    def database_url(self) -> str:
        return f"postgresql://{USER}@/{DATABASE}?host={quote(str(self.sockets), safe='/')}"

    @property
    def broker_url(self) -> str:
        return f"redis+socket://{quote(str(self.valkey_socket), safe='/')}"

    def create(self) -> None:
        """Make the folders. Raises PermissionError if one of them is open to others."""
        for path in (self.folder, self.logs, self.sockets):
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            _require_private(path)


def _require_private(path: Path) -> None:
    """Whoever can enter the socket folder is a database superuser, so nobody else may."""
    status = path.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid():
        raise PermissionError(f"{path} is not a folder of yours; remove it and start again")
    if status.st_mode & 0o077:
        path.chmod(0o700)
