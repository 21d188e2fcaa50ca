"""A correction of an article that another officer corrected meanwhile: three states laid beside each other.

As opened (kept in the draft as ``base``), as published now, as typed. Taking over the new version replaces what
this officer has not touched and keeps what they have.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from greenmine.services import Services
from greenmine.store.article import ArticleRow, get_article
from greenmine.store.draft import DraftRow
from greenmine.web.forms.fields import formdata
from greenmine.web.forms.news import NewsSheet
from greenmine.web.i18n import gettext as _

from .news import values_of

PARTS: Final = ("title", "type", "published", "summary", "markdown", "author", "source", "link", "transcript", "files")
"""What a correction can change."""


@dataclass(frozen=True)
class Meanwhile:
    """What was published since the draft was opened, and the draft's values after taking it over."""

    lines: tuple[Mapping[str, str], ...]
    values: Mapping[str, Any]


def meanwhile(draft: DraftRow, services: Services, typed: Mapping[str, Any] | None = None) -> Meanwhile | None:
    """What another officer has published since this correction was opened; None when nothing was."""
    if not draft.object:
        return None
    with services.database.read() as tx:
        row = get_article(tx, "news", draft.data["slug"])
    return None if row.last_act == draft.data["seen_act"] else merged(draft, row, {**draft.data, **(typed or {})})


def merged(draft: DraftRow, row: ArticleRow, mine: Mapping[str, Any]) -> Meanwhile:
    """Parts this officer left as they were take the published words; the others stay as typed."""
    now, base = values_of(row), draft.data.get("base", {})
    kept = {**mine, "seen_act": row.last_act, "base": {name: now[name] for name in PARTS}}
    labels = {field.name: str(field.label.text) for field in NewsSheet(formdata({}))} | {"files": _("图片和视频")}
    lines: list[Mapping[str, str]] = []
    for name in PARTS:
        if now[name] == base.get(name):
            continue
        if mine.get(name) == base.get(name):
            kept[name], told = now[name], _("采用对方的内容")
        else:
            told = _("保留您填写的：%(text)s", text=_words(mine.get(name)) or _("（空）"))
        lines.append({"label": labels[name], "seen": _words(base.get(name)), "now": _words(now[name]), "told": told})
    return Meanwhile(tuple(lines), kept)


def _words(value: Any) -> str:
    return "、".join(file["name"] for file in value) if isinstance(value, list) else str(value or "")
