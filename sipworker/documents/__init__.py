"""The event package xcap-diff (RFC 5875): phones that are told when documents change."""
