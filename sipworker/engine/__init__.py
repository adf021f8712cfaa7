"""The SIP worker: the list server's state in memory, between the sockets and the database."""
