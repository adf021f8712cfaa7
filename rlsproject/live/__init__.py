"""The page of the admin on which operators change settings while everything runs."""
