"""REST: what all resources have in common, and views of running subscriptions."""
