"""How often a watcher is told: rates that it asks for (RFC 6446), floors of event packages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rls.domain.uri import SipUri

_RATE = re.compile(r"\d{1,2}(?:\.\d{1,10})?").fullmatch
NAMES = ("max-rate", "min-rate", "adaptive-min-rate")


@dataclass(frozen=True, slots=True)
class Rates:
    """NOTIFYs per second that a watcher asked for; None: it did not. 0 is no rate (section 9.2)."""

    most: float | None = None
    least: float | None = None
    adaptive: float | None = None

    @classmethod
    def of(cls, params: Mapping[str, str | None]) -> Rates:
        """From the parameters of Event; what cannot be read was not asked for."""
        return cls(*(_rate(params.get(name)) for name in NAMES))

    def __bool__(self) -> bool:
        return any((self.most, self.least, self.adaptive))

    def within(self, seconds: float) -> Rates:
        """As they can be kept in a subscription that lasts so long: at least one NOTIFY (section 5.3)."""
        most = max(self.most, 1 / seconds) if self.most and seconds > 0 else self.most
        least, adaptive = (min(rate, most) if rate and most else rate for rate in (self.least, self.adaptive))
        return Rates(most, least, adaptive)

    def shortest(self, floor: float) -> float:
        """Seconds between two NOTIFYs at least."""
        return max(floor, 1 / self.most) if self.most else floor

    def longest(self, recent: int, period: float) -> float | None:
        """Seconds between two NOTIFYs at most (section 7.3), after `recent` in the last `period` seconds."""
        limits = [1 / self.least] if self.least else []
        if self.adaptive:
            limits.append(max(recent, 1) / (self.adaptive**2 * period))
        return min(limits, default=None)

    def params(self) -> str:
        """For Subscription-State (section 5.2)."""
        pairs = zip(NAMES, (self.most, self.least, self.adaptive), strict=True)
        return "".join(f";{name}={_text(rate)}" for name, rate in pairs if rate)


def waitn_times(settings: Iterable[str]) -> dict[str, float]:
    """Seconds by event package or canonical URI of a list, from `presence:5` and the like.

    Raises ValueError.
    """
    pairs = (setting.rpartition(":") for setting in settings)
    return {_subject(subject): _seconds(text) for subject, _, text in pairs}


def _subject(text: str) -> str:
    if ":" in text:
        return SipUri.parse(text).canonical()
    if not text:
        raise ValueError("an event package or a list is missing")
    return text


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 <= seconds < 3600:
        raise ValueError(text)
    return seconds


def _rate(text: str | None) -> float | None:
    return (float(text) or None) if text and _RATE(text) else None


def _text(rate: float) -> str:
    return f"{rate:.10f}".rstrip("0").rstrip(".")
