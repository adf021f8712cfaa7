"""The worker may have as many connections as the system allows, not as many as a shell usually does."""

from __future__ import annotations

import resource

from sipworker.transport.descriptors import ENOUGH
from tests.live.conftest import Start


def test_worker_raises_its_limit_of_open_files(start_worker: Start) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (1000, hard))
    try:
        server = start_worker()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    most = ENOUGH if hard == resource.RLIM_INFINITY else min(ENOUGH, hard)
    assert resource.prlimit(server.worker.pid, resource.RLIMIT_NOFILE) == (most, hard)
