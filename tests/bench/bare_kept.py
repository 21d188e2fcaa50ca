"""The peers of a complaint: a Flask POST that keeps what it got, durably; and the same with a code made and hashed."""

import hashlib
import os
import secrets
import sqlite3

from flask import Flask, redirect, request
from werkzeug.wrappers import Response

app = Flask("kept")


def _connection() -> sqlite3.Connection:
    connection = sqlite3.connect(os.environ["BARE_DATABASE"], isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE IF NOT EXISTS row (n INTEGER PRIMARY KEY, content BLOB NOT NULL)")
    return connection


CONNECTION = _connection()


@app.post("/kept")
def kept() -> Response:
    """One insert, committed before the answer."""
    _keep(request.form["text"].encode())
    return redirect("/", 303)


@app.post("/kept-with-code")
def kept_with_code() -> Response:
    """The same, and a code of its own as scrypt (ASVS 6.5.2): what no complaint can do without."""
    salt = secrets.token_bytes(16)
    _keep(hashlib.scrypt(b"4821093755610042", salt=salt, n=2**14, r=8, p=1, dklen=32) + request.form["text"].encode())
    return redirect("/", 303)


def _keep(content: bytes) -> None:
    CONNECTION.execute("BEGIN IMMEDIATE")
    CONNECTION.execute("INSERT INTO row (content) VALUES (?)", (content,))
    CONNECTION.execute("COMMIT")
