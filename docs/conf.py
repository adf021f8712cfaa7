"""How the documents become a site: `make docs`."""

project = "Resource List Server"
author = "The maintainers"
extensions = ["myst_parser"]
html_theme = "furo"
html_title = project
html_static_path: list[str] = []
html_show_sphinx = False
html_copy_source = False
root_doc = "index"
exclude_patterns = ["_build"]
myst_heading_anchors = 4
