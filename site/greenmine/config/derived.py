"""Settings that follow from others when they are not given."""

from pathlib import Path
from typing import Any


def with_derived(values: dict[str, Any], *, base: Path) -> dict[str, Any]:
    """Fill what follows from other settings: absolute folders, the database and the site's address."""
    if values["log_head"] == Path():
        values["log_head"] = values["data_dir"] / "log-head"
    values = {name: base / value if isinstance(value, Path) else value for name, value in values.items()}
    if not values["database_url"]:
        values["database_url"] = f"sqlite:///{values['data_dir'] / 'greenmine.sqlite'}"
    if not values["site_url"]:
        host = values["host"]
        values["site_url"] = f"http://{f'[{host}]' if ':' in host else host}:{values['port']}"
    return values
