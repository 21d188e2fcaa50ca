"""Views of the public: read the address, ask one query, show."""
