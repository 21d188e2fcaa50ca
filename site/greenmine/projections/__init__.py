"""What is derived from acts, each from its own cursor, and can be thrown away."""
