"""Lists that a foreign XCAP server holds (HTTP mode), and what `<external>` leads to on one."""
