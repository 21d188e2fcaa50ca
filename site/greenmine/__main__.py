"""``python -m greenmine`` and the command ``greenmine``."""

import logging
import sys
from collections.abc import Sequence
from typing import Final

import click

from greenmine.app import build_services
from greenmine.cli.root import greenmine
from greenmine.config import EXIT_CODE, SettingsError, read_settings_or_exit
from greenmine.domain.errors import GreenmineError
from greenmine.services import Services

INTERRUPTED: Final = 130
"""What a shell expects of a program that was stopped by Ctrl+C."""


def _open_services() -> Services:
    return build_services(read_settings_or_exit())


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; a refusal is printed as its sentence. Returns the exit code."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    try:
        greenmine.main(args=arguments, obj=_open_services, prog_name="greenmine", standalone_mode=False)
    except click.exceptions.Exit as ended:
        return ended.exit_code
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except (GreenmineError, SettingsError, click.ClickException, OSError) as refused:
        return _tell(refused)
    return 0


def _tell(refused: Exception) -> int:
    """Print the sentence of a refusal; returns the exit code."""
    if isinstance(refused, click.ClickException):
        refused.show()
        return refused.exit_code
    if isinstance(refused, OSError):
        sys.stderr.write(f"文件或磁盘出错：{refused.strerror or refused}（{refused.filename or '未指明文件'}）。\n")
        return 1
    sys.stderr.write(f"{refused}\n")
    return EXIT_CODE if isinstance(refused, SettingsError) else 1


if __name__ == "__main__":
    sys.exit(main())
