"""How the admin shows moments, states and texts, as HTML.

Apart from `rls.admin`, because template libraries are loaded before there is an admin.
"""
