"""Taking over what another list server has in its database."""
