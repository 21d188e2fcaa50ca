"""docs/settings.md, printed from the settings themselves."""

from greenmine.config.settings import settings_by_field


def settings_page() -> str:
    """docs/settings.md as Markdown, from the fields themselves."""
    lines = [
        "# Settings",
        "",
        "Printed from `site/greenmine/config/` by `make docs`; a test keeps the two alike.",
        "Settings come from the environment only; an empty value counts as unset.",
        "A refused setting ends the process with exit code 2 and a sentence.",
        "",
        "| name | default | meaning |",
        "| --- | --- | --- |",
    ]
    for setting in settings_by_field().values():
        default = f"`{setting.default}`" if setting.default else "(empty)"
        lines.append(f"| `{setting.env}` | {default} | {setting.meaning} |")
    return "\n".join(lines) + "\n"
