"""The advisory lock of a worker's number: held by a session, gone with it."""

from __future__ import annotations

from rls.store.commit_group import Connection

CLASS = 4662
"""First key of the locks; the second is the worker's number."""
# A host that vanished sends no FIN: let the database find out in seconds, not in hours.
WATCHFUL = """
select set_config('tcp_' || name, value, false) from (values ('keepalives_idle', '5'),
 ('keepalives_interval', '2'), ('keepalives_count', '3'), ('user_timeout', '10000')) s(name, value)
"""
LOCK = """
with l as materialized (select pg_try_advisory_lock(%b::int4, %b::int4) as locked)
select locked, (select pid from pg_locks
   where locktype = 'advisory' and classid = %b::int8 and objid = %b::int8 and granted
     and database = (select oid from pg_database where datname = current_database())) from l
"""


async def lock(connection: Connection, worker: int) -> int | None:
    """None if this session holds the lock from now on, else the process id of the one that does (0: gone)."""
    await connection.execute(WATCHFUL)
    cursor = await connection.execute(LOCK, (CLASS, worker, CLASS, worker))
    row = await cursor.fetchone()
    assert row is not None
    return None if row[0] else row[1] or 0


async def end_session(connection: Connection, pid: int) -> None:
    await connection.execute("select pg_terminate_backend(%b)", (pid,))
