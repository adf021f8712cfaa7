"""What `manage.py rls` does: one module per subject, each result as data and as text."""
