"""Measures the server over real SIP, beside Kamailio on the same machine: `make bench`."""
