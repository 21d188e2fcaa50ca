"""Pages: views, forms, templates and the one stylesheet. A door: it decides nothing, it asks and shows."""
