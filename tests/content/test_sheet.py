"""Files as they come: read, or refused with a sentence that says what and where; never guessed at."""

import io
import zipfile
import zlib

import openpyxl
import pytest
import xlsxwriter

from greenmine.content import sheet
from greenmine.content.sheet import decode, read_table
from greenmine.domain.errors import BadInput
from greenmine.domain.mine_heading import knows_heading, names_mines
from greenmine.domain.printed_table import LeftOut, PrintedTable


def table(data: bytes, *, wanted: str | None = None) -> PrintedTable:
    return read_table(data, knows=knows_heading, is_key=names_mines, sheet=wanted)


def refusal(data: bytes, *, wanted: str | None = None) -> BadInput:
    with pytest.raises(BadInput) as caught:
        table(data, wanted=wanted)
    return caught.value


def saved(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def workbook(rows: list[list[object]], *, merged: tuple[str, ...] = ()) -> bytes:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for row in rows:
        page.append(row)
    for cells in merged:
        page.merge_cells(cells)
    return saved(book)


def test_merged_cells_are_filled_down_and_right_as_printed() -> None:
    data = workbook(
        [
            ["序号", "所在市", "矿山名称", "备注"],
            [1, "惠州市", "甲石场", "延续"],
            [2, None, "乙石场", None],
            [3, "韶关市", "丙石场", None],
        ],
        merged=("B2:B3", "D2:D3"),
    )
    assert [row.cells for row in table(data).rows] == [
        ("1", "惠州市", "甲石场", "延续"),
        ("2", "惠州市", "乙石场", "延续"),
        ("3", "韶关市", "丙石场", ""),
    ]


def test_a_heading_of_two_merged_rows_is_joined() -> None:
    data = workbook(
        [
            ["绿色矿山名单", None, None, None, None],
            ["序号", "矿山名称", "所在地", None, "备注"],
            [None, None, "市", "县", None],
            [1, "甲石场", "惠州市", "惠东县", None],
        ],
        merged=("A1:E1", "A2:A3", "B2:B3", "C2:D2", "E2:E3"),
    )
    found = table(data)
    assert found.heading == ("序号", "矿山名称", "所在地/市", "所在地/县", "备注")
    assert found.heading_rows == (2, 3)
    assert [row.cells for row in found.rows] == [("1", "甲石场", "惠州市", "惠东县", "")]


def test_a_heading_of_two_rows_is_joined_in_csv_too() -> None:
    found = table("序号,矿山名称,所在地,,备注\n,,市,县,\n1,甲石场,惠州市,惠东县,\n".encode())
    assert found.heading == ("序号", "矿山名称", "所在地/市", "所在地/县", "备注")


def test_group_lines_stand_with_their_rows() -> None:
    text = "序号,矿山名称\n一、惠州市（2家）,\n1,甲石场\n2,乙石场\n二、韶关市（1家）,\n1,丙石场\n"
    found = table(text.encode())
    assert [(row.cells[1], row.section) for row in found.rows] == [
        ("甲石场", "一、惠州市（2家）"),
        ("乙石场", "一、惠州市（2家）"),
        ("丙石场", "二、韶关市（1家）"),
    ]


def test_paper_around_the_table_is_left_out_and_named() -> None:
    text = (
        "附件1,\n名单,\n,\n序号,矿山名称\n1,甲石场\n序号,矿山名称\n2,乙石场\n"
        "合　计,2家\n注：按地区排列,\n,某省自然资源厅\n,2024年5月1日\n"
    )
    found = table(text.encode("gb18030"))
    assert [row.cells for row in found.rows] == [("1", "甲石场"), ("2", "乙石场")]
    assert [(row.number, row.why) for row in found.left_out] == [
        (1, LeftOut.TITLE),
        (2, LeftOut.TITLE),
        (4, LeftOut.HEADING),
        (6, LeftOut.REPEATED_HEADING),
        (8, LeftOut.TOTAL),
        (9, LeftOut.NOTE),
        (10, LeftOut.NOTE),
        (11, LeftOut.NOTE),
    ]
    assert "GB18030" in found.origin


def test_numbers_dates_and_text_read_as_printed() -> None:
    import_rows: list[list[object]] = [["序号", "矿山名称", "生产规模", "备注"], [1.0, "甲石场", 12.5, True]]
    assert table(workbook(import_rows)).rows[0].cells == ("1", "甲石场", "12.5", "是")


def two_lists() -> bytes:
    book = openpyxl.Workbook()
    first = book.active
    assert first is not None
    first.title = "说明"
    first.append(["本表由各市填报"])
    for name in ("省级", "市级"):
        page = book.create_sheet(name)
        page.append(["序号", "矿山名称"])
        page.append([1, f"{name}石场"])
    return saved(book)


def test_of_several_lists_the_person_names_one() -> None:
    error = refusal(two_lists())
    assert error.code == "sheet.several"
    assert "“省级”、“市级”" in str(error)
    assert "--sheet" in str(error)
    assert table(two_lists(), wanted="市级").rows[0].cells == ("1", "市级石场")
    assert "“说明”、“省级”、“市级”" in str(refusal(two_lists(), wanted="县级"))


def test_a_lone_list_among_other_sheets_is_found() -> None:
    book = openpyxl.load_workbook(io.BytesIO(two_lists()))
    del book["市级"]
    assert table(saved(book)).origin == "XLSX，工作表“省级”"


def test_formula_with_a_stored_value_is_read_and_one_without_is_refused() -> None:
    def with_formula(value: str) -> bytes:
        out = io.BytesIO()
        with xlsxwriter.Workbook(out) as book:
            page = book.add_worksheet()
            page.write_row(0, 0, ["序号", "矿山名称"])
            page.write_formula("A2", "=1+1", None, 2)
            page.write_formula("B2", '="甲"&"石场"', None, value)
        return out.getvalue()

    assert table(with_formula("甲石场")).rows[0].cells == ("2", "甲石场")
    error = refusal(workbook([["序号", "矿山名称"], [1, '="甲"&"石场"']]))
    assert error.code == "sheet.formula"
    assert "B2" in str(error)


def test_too_many_columns_are_refused_before_the_sheet_is_built() -> None:
    wide = workbook([["序号", "矿山名称"], [1, "甲"], ["x"] * 2000])
    assert refusal(wide).code == "sheet.too_many_columns"
    csv_wide = ("序号,矿山名称\n1," + ",".join("甲" for _ in range(2000))).encode()
    error = refusal(csv_wide)
    assert error.code == "sheet.too_many_columns"
    assert "第2行有2001列" in str(error)


def test_a_lone_cell_at_the_far_corner_does_not_cost_memory() -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page["A1"] = "矿山名称"
    page["XFD1048576"] = "甲"
    error = refusal(saved(book))
    assert error.code == "sheet.too_many_rows"
    assert "XFD1048576" in str(error)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b'<row r="1"><c r="A1"/></row>' * 20_001, "sheet.too_many_rows"),
        (b'<row r="1">' + b'<c r="A1"/>' * 500_001, "sheet.too_many_cells"),
        (b"<x/>" * 2_000_001, "sheet.too_many_cells"),
    ],
    ids=["rows", "cells", "elements"],
)
def test_elements_that_repeat_one_place_are_counted_and_soon_refused(content: bytes, code: str) -> None:
    """Refused where the limit is passed: what follows, no XML at all, is never reached (ASVS 5.2.1; trust.md 9)."""
    xml = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    data = replaced(workbook(SMALL), "xl/worksheets/sheet1.xml", xml + content + b"<<<")
    assert len(data) < sheet.MAX_BYTES
    assert refusal(data).code == code


def test_too_many_rows_are_refused() -> None:
    data = ("矿山名称\n" + "甲石场\n" * (sheet.MAX_ROWS + 1)).encode()
    assert refusal(data).code == "sheet.too_many_rows"


def replaced(data: bytes, name: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            new.writestr(info.filename, content if info.filename == name else old.read(info))
    return out.getvalue()


SMALL = [["序号", "矿山名称"], [1, "甲石场"]]


def test_a_zip_bomb_is_refused_by_its_named_sizes() -> None:
    bomb = replaced(workbook(SMALL), "xl/styles.xml", b" " * (80 * 1024 * 1024))
    assert len(bomb) < sheet.MAX_BYTES
    assert refusal(bomb).code == "sheet.bomb"


def test_a_zip_bomb_that_lies_about_its_size_is_not_unpacked() -> None:
    content = b"<!--" + b" " * (80 * 1024 * 1024) + b"-->"
    bomb = bytearray(replaced(workbook(SMALL), "xl/styles.xml", content))
    true_size, named = len(content).to_bytes(4, "little"), (100).to_bytes(4, "little")
    true_crc = zlib.crc32(content).to_bytes(4, "little")
    crc = zlib.crc32(content[:100]).to_bytes(4, "little")
    lying = bytes(bomb).replace(true_size, named).replace(true_crc, crc)
    assert lying != bytes(bomb)
    assert refusal(lying).code in {"sheet.not_xlsx", "sheet.xml"}


def test_a_workbook_with_damaged_bytes_is_refused_wherever_they_stand() -> None:
    whole = workbook([["矿山名称", "所在县"], *([f"示例{number}矿", "织金县"] for number in range(200))])
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        part = archive.getinfo("xl/worksheets/sheet1.xml")
    start = part.header_offset + 30 + len(part.filename)
    codes = set()
    for place in range(start + 5, start + part.compress_size - 16, part.compress_size // 20):
        codes.add(refusal(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :]).code)
    assert codes <= {"sheet.not_xlsx", "sheet.xml"} and "sheet.not_xlsx" in codes


def test_entity_declarations_are_refused() -> None:
    xml = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "xx">]><worksheet/>'
    assert refusal(replaced(workbook(SMALL), "xl/worksheets/sheet1.xml", xml)).code == "sheet.xml"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "sheet.empty"),
        (b" \r\n\t ", "sheet.empty"),
        (b"PK\x03\x04 broken", "sheet.not_xlsx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "sheet.old_xls"),
        (b"%PDF-1.7 ...", "sheet.pdf"),
        ("矿山名称\n甲".encode("utf-16"), "sheet.utf16"),
        ("<html><table><tr><td>矿山名称</td></tr></table></html>".encode(), "sheet.html"),
        (b"\xef\xbb\xbf\xff\xff", "sheet.encoding"),
        (b"\xff\xfe\xff\xff\x81", "sheet.utf16"),
        (b"abc\n\x81\x20\xff\xff", "sheet.encoding"),
        ("矿山名称\n甲\0乙".encode(), "sheet.control_character"),
        ('矿山名称\n"甲石场'.encode(), "sheet.broken_csv"),
        (("矿山名称\n" + "甲" * 2001).encode(), "sheet.cell_too_long"),
        (b"x" * (5 * 1024 * 1024 + 1), "sheet.too_large"),
        ("甲,乙\n1,2\n".encode(), "list.no_heading"),
        ("序号,矿山名称\n".encode(), "list.no_rows"),
        (b",,\n,,\n", "list.empty"),
        ("序号,矿山名称\n1,甲石场,多出\n".encode(), "list.row_too_wide"),
    ],
)
def test_hostile_and_foolish_files_are_refused_with_a_reason(data: bytes, code: str) -> None:
    error = refusal(data)
    assert error.code == code
    assert str(error)
    assert "%(" not in str(error)


def test_the_sentence_says_where() -> None:
    assert "第2行第3列有“多出”" in str(refusal("序号,矿山名称\n1,甲石场,多出\n".encode()))
    assert "第2行（第5字节）" in str(refusal(b"abc\n\x81\x20\xff\xff"))
    assert "“姓名、电话”" in str(refusal("姓名,电话\n张,1\n".encode()))


def test_encoding_is_decided_by_strict_decoding() -> None:
    assert decode("矿".encode())[1] == "UTF-8"
    assert decode("矿".encode("utf-8-sig")) == ("矿", "UTF-8（带标记）")
    assert decode("矿山𠀀".encode("gb18030")) == ("矿山𠀀", "GB18030")
