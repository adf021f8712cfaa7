"""Makes a fresh machine ready: `python3 -m rlsproject.prepare [--tests]`.

Runs before there is a virtual environment, so it needs the standard library only.
"""
