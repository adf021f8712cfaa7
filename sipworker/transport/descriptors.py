"""Open files: each connection is one, and the usual limit of 1024 is that of programs with a few."""

from __future__ import annotations

import resource

ENOUGH = 65_536


def allow_many() -> None:
    """As many as the system allows this process, up to ENOUGH."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = ENOUGH if hard == resource.RLIM_INFINITY else min(hard, ENOUGH)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
