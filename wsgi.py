"""Front door: ``python wsgi.py`` serves with the embedded server; ``granian``/``gunicorn wsgi:app`` bring their own."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "site"))

from greenmine.__main__ import main
from greenmine.app import create_app

if __name__ == "__main__":
    sys.exit(main(["serve"]))
elif __name__ != "__mp_main__":  # the embedded server's processes import this file twice; they serve ``wsgi:app``
    app = create_app()
