"""A UDP socket that is not read fast enough."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator

import pytest

from sipworker.transport.overflow import PAUSE, Overflow

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the count is that of Linux")


class Full:
    """A socket with little room, which nobody reads."""

    def __init__(self) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.socket.bind(("127.0.0.1", 0))

    def fed(self, count: int) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            for _ in range(count):
                sender.sendto(bytes(1000), self.socket.getsockname())


@pytest.fixture
def full() -> Iterator[Full]:
    full = Full()
    yield full
    full.socket.close()


def test_what_finds_room_is_not_lost(full: Full) -> None:
    overflow = Overflow(full.socket)
    full.fed(1)
    assert (overflow.lost, overflow.lasts(0.0)) == (0, 0.0)


def test_overflow_lasts_from_the_first_loss_to_a_pause(full: Full) -> None:
    overflow = Overflow(full.socket)
    for now in (10.0, 10.5, 11.5):
        full.fed(100)
        assert overflow.lasts(now) == now - 10.0
    assert overflow.lost > 200
    assert overflow.lasts(11.5 + PAUSE) == 1.5 + PAUSE
    assert overflow.lasts(11.6 + PAUSE) == 0.0


def test_losses_with_a_pause_between_are_two_overflows(full: Full) -> None:
    overflow = Overflow(full.socket)
    for now in (10.0, 3600.0):
        full.fed(100)
        assert overflow.lasts(now) == 0.0


def test_nothing_is_lost_at_a_socket_that_was_closed(full: Full) -> None:
    overflow = Overflow(full.socket)
    full.socket.close()
    assert overflow.lost == 0
