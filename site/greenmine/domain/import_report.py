"""The report of an import as Markdown, for the person who checks it and for the file beside the list."""

from collections.abc import Iterable, Sequence

from greenmine.domain.import_preview import Preview
from greenmine.domain.mine import LEVEL_LABELS, METHOD_LABELS, SCALE_LABELS
from greenmine.domain.mine_heading import COLUMN_LABELS
from greenmine.domain.mine_likeness import ALIKE_LABELS
from greenmine.domain.mine_list import ListedMine
from greenmine.domain.mine_place import PLACE_SOURCE_LABELS
from greenmine.domain.printed_table import LEFT_OUT_LABELS
from greenmine.domain.region import Regions


def write_report(preview: Preview, *, title: str, regions: Regions) -> str:
    """The whole report: how the file was read, columns, rows left out, mines, doubts, likely duplicates.

    :param title: what stands in the first heading, usually the file's name
    """
    parts = [
        f"# 导入预览：{title}",
        "\n".join(_summary(preview)),
        "## 各列认作什么",
        _table(("列", "表头", "认作"), _columns(preview)),
        "## 不作数据的行",
        _table(("行", "原因", "内容"), _left_out(preview)),
        "## 矿山",
        _table(
            ("行", "矿山名称", "企业", "矿山", "地区", "地区来源", "矿种", "其他", "处理"),
            (_mine(mine, preview, regions) for mine in preview.list.mines),
        ),
        "## 需要核对",
        _table(("行", "说明"), ((str(w.row), w.sentence) for w in preview.list.warnings)),
        "## 可能重复",
        _table(("行", "与", "理由"), _likely(preview)),
    ]
    return "\n\n".join(parts) + "\n"


def _summary(preview: Preview) -> Iterable[str]:
    table = preview.list.table
    yield f"- 读法：{table.origin}；表头在第{'、'.join(map(str, table.heading_rows))}行"
    yield f"- 数据：{len(preview.list.mines)}行；不作数据：{len(table.left_out)}行"
    yield (
        f"- 将新登记：{len(preview.new_mines)}个；已登记：{len(preview.identified)}个；"
        f"文件内重复：{len(preview.repeats)}行"
    )
    yield (
        f"- 需要核对：{len(preview.list.warnings)}项；"
        f"可能重复：{len(preview.likely_rows) + len(preview.likely_known)}项"
    )


def _columns(preview: Preview) -> Iterable[Sequence[str]]:
    for taken in preview.list.layout.columns:
        meaning = COLUMN_LABELS[taken.column] if taken.column is not None else "未认出，不导入"
        yield str(taken.number), taken.heading or "（空）", meaning


def _left_out(preview: Preview) -> Iterable[Sequence[str]]:
    for row in preview.list.table.left_out:
        yield str(row.number), LEFT_OUT_LABELS[row.why], row.text


def _mine(mine: ListedMine, preview: Preview, regions: Regions) -> Sequence[str]:
    region = regions.path_name(mine.region) if mine.region is not None else "—"
    return (
        str(mine.row),
        mine.name,
        mine.holder or "—",
        mine.parts.mine if mine.parts.names_mine else "（只有企业名）",
        region,
        PLACE_SOURCE_LABELS[mine.place.source],
        _mineral(mine),
        "；".join(_further(mine)) or "—",
        _fate(mine, preview),
    )


def _mineral(mine: ListedMine) -> str:
    if not mine.mineral:
        return "—"
    use = f"（{mine.mineral_use}）" if mine.mineral_use else ""
    return f"{mine.mineral}{use}{'，由名称推断' if mine.mineral_guessed else ''}"


def _further(mine: ListedMine) -> Iterable[str]:
    if mine.scale is not None:
        yield SCALE_LABELS[mine.scale]
    if mine.capacity:
        yield mine.capacity
    if mine.method is not None:
        yield METHOD_LABELS[mine.method]
    if mine.level is not None:
        yield LEVEL_LABELS[mine.level]
    for label, text in (("许可证", mine.permit_no), ("代码", mine.credit_code), ("推荐", mine.recommender)):
        if text:
            yield f"{label} {text}"
    if mine.note:
        yield f"备注：{mine.note}"


def _fate(mine: ListedMine, preview: Preview) -> str:
    if mine.row in preview.identified:
        return f"已登记为 {preview.identified[mine.row]}"
    if mine.row in preview.repeats:
        return f"与第{preview.repeats[mine.row]}行相同"
    return "新登记"


def _likely(preview: Preview) -> Iterable[Sequence[str]]:
    for pair in preview.likely_rows:
        yield str(pair.row), f"第{pair.earlier}行", ALIKE_LABELS[pair.why]
    for one in preview.likely_known:
        yield str(one.row), f"{one.mine.id} {one.mine.name}", ALIKE_LABELS[one.why]


def _table(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [_line(row) for row in rows]
    if not lines:
        return "无。"
    return "\n".join([_line(heading), "|" + " --- |" * len(heading), *lines])


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(_escaped(cell) for cell in cells) + " |"


def _escaped(cell: str) -> str:
    """A cell cannot end its column, begin a tag or break its line."""
    plain = " ".join(cell.split()).replace("\\", "\\\\")
    return plain.replace("|", "\\|").replace("<", "&lt;").replace("`", "\\`")
