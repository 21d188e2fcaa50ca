"""The green-mine transparency site: a public register whose every act outsiders can verify."""
