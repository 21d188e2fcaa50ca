"""Published files under ``content/`` as typed objects; nothing here raises because of what a file holds."""
