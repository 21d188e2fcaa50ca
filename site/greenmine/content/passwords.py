"""The list of passwords that too many people use, from ``content/security/common_passwords.txt``."""

from pathlib import Path
from typing import Final

from greenmine.domain.errors import Unready
from greenmine.domain.text import N_

FILE: Final = Path("security") / "common_passwords.txt"
FEWEST: Final = 3000
"""Fewer than these is not the shipped list (OWASP ASVS 5.0 6.2.4): better no new password than an unchecked one."""


def load_common_passwords(content_dir: Path) -> frozenset[str]:
    """Case-folded passwords, one a line; lines that begin with ``#`` tell where they come from.

    Raises Unready when the file is missing or is not the list: unlike a page, a check that is not there
    must not pass unseen.
    """
    path = content_dir / FILE
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise Unready("password.list_missing", N_("常用密码表 %(path)s 无法读取。"), path=path) from error
    found = frozenset(line.casefold() for line in lines if line and not line.startswith("#"))
    if len(found) < FEWEST:
        raise Unready("password.list_short", N_("常用密码表 %(path)s 不完整。"), path=path)
    return found
