from __future__ import annotations

from xcap.management.commands._peer import PeerCommand


class Command(PeerCommand):
    peer = "Kamailio"
    help = (
        "Takes over the subscribers and XCAP documents of Kamailio from its database, row by row, and says "
        "what it took, what not, and why. What is here already stays."
    )
