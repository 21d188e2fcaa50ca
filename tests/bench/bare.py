"""The peer: a Flask page that does nothing."""

from flask import Flask

app = Flask("bare")


@app.get("/")
def page() -> str:
    """Nothing."""
    return "<!doctype html><html lang=zh><title>1</title><h1>1</h1>"
