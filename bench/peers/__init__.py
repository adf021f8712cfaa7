"""The servers that we are measured beside."""
