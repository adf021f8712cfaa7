"""The database engine of the settings; Django wants it in a module of this name."""

from __future__ import annotations

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """Asks a connection whether it is usable only if there is something to hear on it.

    Django sends SELECT 1 once a request, a third of the cost of reading a document. A server that has
    closed the connection leaves an end of file on the socket, which costs no round trip to see.
    """

    def is_usable(self) -> bool:
        if self.connection is None or self.connection.closed:
            return False
        poll = select.poll()
        poll.register(self.connection.fileno(), select.POLLIN)
        return super().is_usable() if poll.poll(0) else True
