"""The strict client refuses what it is there to refuse."""

import pytest
from tests.web.strict_client import check_page

SOUND = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>标题</title>
<meta name="SiteName" content="x"><meta name="SiteDomain" content="x"><meta name="SiteIDCode" content=""></head>
<body><main><h1>标题</h1>{body}</main></body></html>"""

FAULTS = [
    ("<p><div></div></p>", "unexpected-end-tag"),
    ("<b><i></b></i>", "adoption-agency"),
    ("<h1>再一个</h1>", "h1"),
    ('<p id="a"></p><p id="a"></p>', "doubled ids"),
    ('<input name="q">', "no label"),
    ('<label for="q">词</label>', "missing"),
    ('<p aria-describedby="gone">x</p>', "missing"),
    ('<a href="#gone">x</a>', "missing"),
    ('<a href="/x"></a>', "link without words"),
    ('<a href="#">x</a>', "leads nowhere"),
    ('<a href="javascript:x()">x</a>', "javascript"),
    ('<img src="/a.png">', "without alt"),
    ('<img src="http://x.example/a.png" alt="">', "from elsewhere"),
    ("<script>1</script>", "script"),
    ('<p style="color:red">x</p>', "style"),
    ('<p onclick="x()">x</p>', "onclick"),
    ('<form method="post"><button type="submit">x</button></form>', "token"),
    ("<form><input type=hidden name=csrf_token value=x></form>", "token"),
    ("<button type=submit></button>", "button without words"),
    ("<fieldset></fieldset>", "legend"),
    ("<table><tbody><tr><td>x</td></tr></tbody></table>", "caption"),
    ('<p aria-invalid="true">x</p>', "错误"),
    ("</main><main>", "one main"),
]


def test_a_sound_page_passes() -> None:
    assert check_page(SOUND.format(body="<p>好</p>"), "/").get("lang") == "zh-CN"


@pytest.mark.parametrize(("body", "said"), FAULTS, ids=[said for _, said in FAULTS])
def test_a_faulty_page_is_refused(body: str, said: str) -> None:
    with pytest.raises(AssertionError, match=said):
        check_page(SOUND.format(body=body), "/")


@pytest.mark.parametrize(
    ("whole", "part", "said"),
    [
        (' lang="zh-CN"', "", "language"),
        ("<title>标题</title>", "<title></title>", "title"),
        ("SiteName", "x", "government"),
    ],
)
def test_a_page_without_its_frame_is_refused(whole: str, part: str, said: str) -> None:
    with pytest.raises(AssertionError, match=said):
        check_page(SOUND.format(body="").replace(whole, part), "/")
