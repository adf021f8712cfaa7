"""What changed in documents, told as RFC 5874 says (the event package is RFC 5875)."""
