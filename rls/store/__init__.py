"""The hot SQL: the only raw statements of the project, and the shapes that go into them.

The models own the schema; tests hold the columns used here against them.
"""
