"""How much of a rate somebody has used: one row each, for all processes of all machines.

The generic cell rate algorithm (ITU-T I.371): each request moves a time on by the seconds that it stands
for, and may not move it further than a minute ahead of the clock, which is the database's.
"""

from __future__ import annotations

from typing import Final

from django.db import connection

MINUTE: Final = 60.0
_TAKE: Final = """
insert into rls_api_allowances as known (who, used_until)
select %(who)s, extract(epoch from clock_timestamp()) + %(cost)s
on conflict (who) do update
   set used_until = greatest(known.used_until, excluded.used_until - %(cost)s) + %(cost)s
 where greatest(known.used_until, excluded.used_until - %(cost)s) <= excluded.used_until + %(ahead)s
"""
_WAIT: Final = """
select used_until - extract(epoch from clock_timestamp()) from rls_api_allowances where who = %(who)s
"""
# Sums of floats are not exact.
_TOLERANCE: Final = 1e-3


def take(who: str, rate: int, count: int) -> float:
    """Take `count` of `rate` requests a minute; returns 0, or the seconds until there will be so many."""
    cost = count * MINUTE / rate
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, {"who": who, "cost": cost, "ahead": MINUTE - 2 * cost + _TOLERANCE})
        if cursor.rowcount:
            return 0.0
        cursor.execute(_WAIT, {"who": who})
        row = cursor.fetchone()
    return max(1.0, row[0] + cost - MINUTE) if row else 1.0
