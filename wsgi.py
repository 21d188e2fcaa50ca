"""Front door: ``python wsgi.py`` serves with the embedded server; ``granian``/``gunicorn wsgi:app`` bring their own."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "site"))

if __name__ == "__main__":
    from greenmine.__main__ import main

    sys.exit(main(["serve"]))
elif __name__ != "__mp_main__":  # the embedded server's processes import this file twice; they serve ``wsgi:app``
    from greenmine.app import create_app

    app = create_app()
