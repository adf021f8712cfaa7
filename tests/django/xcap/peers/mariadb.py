"""MariaDB (Debian's package) with a folder and a port of its own."""

from __future__ import annotations

import getpass
import shutil
import subprocess
from pathlib import Path

import pymysql

from tests.live.rig.ports import free_port
from tests.live.rig.processes import Process

PASSWORD = "se/cret"
PATH = "/usr/sbin:/usr/bin:/sbin:/bin"


class MariaDb:
    """Empty but for the user root, who has the password PASSWORD."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self._data = folder / "data"
        self._user = f"--user={getpass.getuser()}"
        command = ["mariadbd", "--no-defaults", f"--datadir={self._data}", self._user]
        command += ["--bind-address=127.0.0.1", f"--port={self.port}", f"--socket={folder / 'socket'}"]
        command += ["--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=16M"]
        self._process = Process(command, {"PATH": PATH}, folder / "log")

    def start(self) -> None:
        program = shutil.which("mariadb-install-db", path=PATH)
        assert program, "MariaDB is needed: sudo apt install mariadb-server"
        how = ["--auth-root-authentication-method=normal", "--skip-test-db", "--skip-name-resolve"]
        subprocess.run(
            [program, "--no-defaults", f"--datadir={self._data}", self._user, *how],
            check=True,
            capture_output=True,
        )
        self._process.start()
        self._process.wait_until(self._answers)
        with self.connect(password="") as server:
            server.cursor().execute("set password = password(%s)", [PASSWORD])

    def stop(self) -> None:
        self._process.stop()

    def connect(
        self, database: str | None = None, password: str = PASSWORD
    ) -> pymysql.Connection[pymysql.cursors.Cursor]:
        return pymysql.connect(
            host="127.0.0.1",
            port=self.port,
            user="root",
            password=password,
            database=database,
            autocommit=True,
        )

    def _answers(self) -> bool:
        try:
            self.connect(password="").close()
        except pymysql.err.OperationalError:
            return False
        return True
