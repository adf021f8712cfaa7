"""Lists in and out of the server as tables and address cards, for people who do not write XML."""
