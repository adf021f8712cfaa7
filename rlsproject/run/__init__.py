"""`python -m rlsproject.run`: every process of the server under one supervisor."""
