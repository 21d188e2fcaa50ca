"""The rules: pure Python, no framework, no files, no clock."""
