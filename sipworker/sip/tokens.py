"""Random tokens for tags and Call-IDs, cut from larger pieces of the system's randomness."""

from __future__ import annotations

import secrets

PIECE = 4096
"""Octets that are asked for at once. Asking lets other threads run, which costs more than the answer."""


class Tokens:
    """Unpredictable, and none is given out twice."""

    def __init__(self) -> None:
        self._digits = ""
        self._used = 0

    def take(self, octets: int) -> str:
        """So many random octets, as twice as many hexadecimal digits."""
        start, self._used = self._used, self._used + 2 * octets
        if self._used > len(self._digits):
            self._digits = secrets.token_hex(PIECE)
            start, self._used = 0, 2 * octets
        return self._digits[start : self._used]
