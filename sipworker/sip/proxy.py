"""placeholder until the proxy lands"""

from typing import Any


def forward(agent: Any, transaction: Any, next_hop_uri: str, now: float) -> None:
    agent.reply(transaction, 503, now=now)
