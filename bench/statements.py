"""Prints how many statements a database has run, for rlsload: `python -m bench.statements DSN`."""

from __future__ import annotations

import json
import sys

import psycopg

COUNT = """
select sum(calls)::bigint from pg_stat_statements s join pg_database d on d.oid = s.dbid
 where d.datname = current_database() and query not like '%pg_stat_statements%'
"""

if __name__ == "__main__":
    with psycopg.connect(sys.argv[1]) as connection:
        [(count,)] = connection.execute(COUNT).fetchall()
    print(json.dumps({"statements": count}))  # noqa: T201
