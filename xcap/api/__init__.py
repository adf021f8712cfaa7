"""REST for lists, their services and subscribers: the same documents that XCAP reads and writes."""
