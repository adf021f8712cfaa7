"""How long composing the body of a list NOTIFY takes: `python bench/compose_rate.py`."""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from rls.domain.aggregate import InstanceView, ResourceView, compose
from rls.domain.rlmi import Name

PIDF = (b'<?xml version="1.0"?><presence xmlns="urn:ietf:params:xml:ns:pidf" entity="sip:u@example.test">').ljust(
    330, b"x"
)
NAMES = (Name("Team"),)


def view(number: int) -> ResourceView:
    instance = InstanceView(f"i{number}", "active", None, "application/pidf+xml", PIDF)
    return ResourceView(f"sip:user{number}@example.test", (Name(f"User {number}"),), (instance,))


def microseconds(count: int, rounds: int = 20_000) -> float:
    """Best of five runs, per call."""
    resources = [view(number) for number in range(count)]
    best = float("inf")
    for _ in range(5):
        start = time.perf_counter()
        for number in range(rounds // count):
            compose("sip:team@example.test", number, False, NAMES, resources, "example.test", f"w1-{number}")
        best = min(best, (time.perf_counter() - start) / (rounds // count))
    return best * 1e6


if __name__ == "__main__":
    for count in (1, 5, 20, 100):
        print(f"{count:4} resources: {microseconds(count):7.1f} us")  # noqa: T201
