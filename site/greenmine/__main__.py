"""``python -m greenmine`` and the command ``greenmine``."""

import logging
import sys
from collections.abc import Sequence

import click

from greenmine.app import build_services
from greenmine.cli.root import greenmine
from greenmine.config import EXIT_CODE, SettingsError, read_settings_or_exit
from greenmine.domain.errors import GreenmineError
from greenmine.services import Services


def _open_services() -> Services:
    return build_services(read_settings_or_exit())


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; a refusal is printed as its sentence. Returns the exit code."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    try:
        greenmine.main(args=arguments, obj=_open_services, prog_name="greenmine", standalone_mode=False)
    except GreenmineError as refused:
        sys.stderr.write(f"{refused}\n")
        return 1
    except SettingsError as refused:
        sys.stderr.write(f"{refused}\n")
        return EXIT_CODE
    except click.ClickException as refused:
        refused.show()
        return refused.exit_code
    except click.exceptions.Exit as ended:
        return ended.exit_code
    except click.Abort:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
