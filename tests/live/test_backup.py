"""deploy/backup.sh and restore.sh: a database that was lost is back, and the server works on it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from rlsproject.embedded.binaries import postgres_folder
from tests.live.rig import documents
from tests.live.rig.database import PROJECT, Database, Databases

PATH = f"{postgres_folder()}:{os.environ['PATH']}"
"""The tools of the version that the tests' server has, where they are."""
pytestmark = pytest.mark.skipif(
    shutil.which("pg_dump", path=PATH) is None, reason="no PostgreSQL client here"
)


def run(script: str, argument: Path, database: Database) -> str:
    done = subprocess.run(
        [PROJECT / "deploy" / script, argument],
        env={**os.environ, "DATABASE_URL": database.url, "PATH": PATH},
        capture_output=True,
        text=True,
        check=False,
    )
    if "server version mismatch" in done.stderr:
        pytest.skip("the client is older than the server")
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_what_was_backed_up_is_restored(databases: Databases, tmp_path: Path) -> None:
    before, after = databases.create(), databases.create_empty()
    try:
        before.add_subscriber("alice@example.test")
        uri = "sip:team@example.test"
        before.store_list("alice@example.test", uri, documents.simple(uri, ["sip:bob@example.test"]))
        file = Path(run("backup.sh", tmp_path / "backups", before))
        assert file.stat().st_mode & 0o077 == 0
        run("restore.sh", file, after)
        for query in (
            "select username, domain, doc, etag from xcap",
            "select uri from xcap_service_uris",
            "select username, ha1_sha256 from rls_subscribers",
            "select app, name from django_migrations order by id",
        ):
            assert after.rows(query) == before.rows(query) != []
    finally:
        before.close()
        after.close()
