"""Forms: one file per noun, each form a subclass of sheet.Sheet."""
