"""How long the oldest has waited, over the batches of a queue."""

from __future__ import annotations

from sipworker.engine.age import Age


def test_age_is_that_of_the_oldest_batch() -> None:
    age = Age()
    assert age.of_oldest(5.0) == 0.0
    age.begin(1.0)
    age.take()
    age.begin(3.0)
    assert age.of_oldest(5.0) == 4.0
    age.done()
    assert age.of_oldest(5.0) == 2.0
    age.take()
    age.done()
    assert age.of_oldest(5.0) == 0.0
