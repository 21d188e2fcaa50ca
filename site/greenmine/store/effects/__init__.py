"""What each kind of act does to the public rows."""
