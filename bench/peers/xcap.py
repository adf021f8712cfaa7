"""Kamailio's xcap_server on PostgreSQL, over HTTP on SIP_PORT."""

from __future__ import annotations

from pathlib import Path

from bench.peers.database import Database
from bench.peers.kamailio import TABLES, Kamailio


class KamailioXcap(Kamailio):
    """Begins without documents. It authenticates nobody and validates nothing."""

    template = Path(__file__).parent / "xcap.cfg"

    def __init__(self, folder: Path, database: Database) -> None:
        super().__init__(folder, database, memory=False)
        self.name = "Kamailio xcap_server"

    def start(self, lists: int, entries: int) -> None:
        self._database.fill(TABLES, "xcap", ())
        self._launch()
