"""System checks (`manage.py check --tag rls`): senseless settings are rejected in words."""

from rlsproject.checks import access, choices, foreign, numbers, tls, xcap

__all__ = ["access", "choices", "foreign", "numbers", "tls", "xcap"]
