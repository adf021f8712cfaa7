"""What an import from a peer says of each row."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Event:
    """+ taken, = there already, ! not taken and why."""

    sign: Literal["+", "=", "!"]
    what: str
    why: str = ""

    def __str__(self) -> str:
        return f"{self.sign} {self.what}" + (f": {self.why}" if self.why else "")
