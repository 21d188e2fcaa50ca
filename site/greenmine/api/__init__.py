"""Open data doors."""
