"""The client every page test uses: it checks each page it fetches, so a test can only see sound pages."""

import copy
import functools
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import html5lib
from flask import Flask
from werkzeug.test import TestResponse

SECURITY_HEADERS = {
    "Content-Security-Policy": re.compile(r"default-src 'none'(?!.*unsafe-inline)"),
    "X-Content-Type-Options": re.compile("nosniff"),
    "X-Frame-Options": re.compile("DENY"),
    "Referrer-Policy": re.compile("same-origin"),
    "Permissions-Policy": re.compile(r"camera=\(\)"),
    "Cross-Origin-Opener-Policy": re.compile("same-origin"),
    "Cross-Origin-Resource-Policy": re.compile("same-origin|cross-origin"),
}
REFERENCES = ("aria-describedby", "aria-labelledby", "aria-controls", "aria-owns", "aria-details")
TOKEN = re.compile(r'value="([\w.:,+/=-]{20,})"')
"""A long value of a field, without blanks or any character that means something in HTML: a token, key or digest."""
KEPT = 256
"""Documents kept by a process, some 300 KB each."""
UNLABELLED = ("hidden", "submit", "button", "image", "reset")
GOVERNMENT_TAGS = ("SiteName", "SiteDomain", "SiteIDCode")


@dataclass(frozen=True)
class Answer:
    """An answer; ``document`` is the parsed page, None when it is not HTML."""

    response: TestResponse
    document: Element | None

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def text(self) -> str:
        return self.response.get_data(as_text=True)

    @property
    def location(self) -> str:
        return self.response.headers.get("Location", "")

    @property
    def headers(self) -> Any:
        return self.response.headers

    @property
    def page(self) -> Element:
        assert self.document is not None, "not an HTML page"
        return self.document

    @property
    def title(self) -> str:
        return words(self.page.find("./head/title"))

    @property
    def h1(self) -> str:
        return words(self.page.find(".//h1"))

    def links(self) -> list[str]:
        """Every own address this page leads to, without fragments."""
        hrefs = [node.get("href", "") for node in self.page.iter() if node.tag in ("a", "link")]
        return sorted({href.split("#")[0] for href in hrefs if href.startswith("/")})

    def meta(self, name: str) -> str | None:
        found = [node for node in self.page.iter("meta") if node.get("name") == name]
        return found[0].get("content") if found else None


class StrictClient:
    """Fetches pages as a browser of one person would, and checks each of them.

    :param status: the status that is expected; None leaves it to the test
    """

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.site_url: str = app.extensions["greenmine.settings"].site_url
        self.browser = app.test_client()
        self.seen: set[str] = set()

    def get(self, path: str, *, status: int | None = 200, **more: Any) -> Answer:
        return self._checked(self.browser.get(path, base_url=self.site_url, buffered=True, **more), path, status)

    def post(self, path: str, data: Any = None, *, status: int | None = 303, **more: Any) -> Answer:
        """A POST as it stands, without a token: see :meth:`submit` for what a person does."""
        sent = {"data": data, "headers": {"Referer": f"{self.site_url}{path}"}, **more}
        answer = self.browser.post(path, base_url=self.site_url, buffered=True, **sent)
        return self._checked(answer, path, status)

    def submit(self, path: str, data: dict[str, Any], *, status: int | None = 303, form: int = 0) -> Answer:
        """Open the page, fill POST form number ``form`` of its main part (hidden values too) and send it."""
        main = next(self.get(path).page.iter("main"))
        forms = [node for node in main.iter("form") if node.get("method") == "post"]
        assert len(forms) > form, f"{path}: no POST form {form}"
        hidden = {
            node.get("name", ""): node.get("value", "")
            for node in forms[form].iter("input")
            if node.get("type") == "hidden"
        }
        return self.post(forms[form].get("action") or path, {**hidden, **data}, status=status)

    def crawl(self, start: str = "/", *, most: int = 500) -> set[str]:
        """Follow every own link from ``start``; each page is checked and must answer below 400."""
        waiting, known = [start], {start}
        while waiting and len(known) <= most:
            answer = self.get(waiting.pop(0), status=None)
            assert answer.status < 400, f"dead link: {answer.response.request.path}"
            new = [answer.location] if answer.location.startswith("/") else []
            new += answer.links() if answer.document is not None else []
            waiting += [link for link in new if link not in known]
            known.update(new)
        return known

    def _checked(self, response: TestResponse, path: str, status: int | None) -> Answer:
        assert status is None or response.status_code == status, (
            f"{path}: {response.status_code}, expected {status}: {response.get_data(as_text=True)[:2000]}"
        )
        check_headers(response, path)
        is_page = response.mimetype == "text/html" and response.status_code not in (301, 302, 303, 307, 308)
        document = check_page(response.get_data(as_text=True), path) if is_page else None
        self.seen.add(path)
        return Answer(response, document)


def words(node: Element | None) -> str:
    """The text of an element, spaces folded."""
    return "" if node is None else " ".join("".join(node.itertext()).split())


def check_headers(response: TestResponse, path: str) -> None:
    """The header table (ASVS 3.4), whatever the answer is."""
    for name, wanted in SECURITY_HEADERS.items():
        assert wanted.search(response.headers.get(name, "")), f"{path}: header {name}: {response.headers}"


def check_page(html: str, path: str) -> Element:
    """Everything a page of this site must be; returns the parsed document.

    A body is checked once for a process. Two that differ in nothing but the tokens of their forms (random, and without
    any character that means something in HTML) are one body; each answer's document holds its own tokens.
    """
    tokens = list(dict.fromkeys(TOKEN.findall(html)))
    places = {token: f"token-{place}" for place, token in enumerate(tokens)}
    document = _checked(TOKEN.sub(lambda found: f'value="{places[found[1]]}"', html), path)
    return _with_tokens(document, {place: token for token, place in places.items()}) if tokens else document


def _with_tokens(document: Element, tokens: dict[str, str]) -> Element:
    own = copy.deepcopy(document)
    for node in own.iter():
        value = node.get("value")
        if value in tokens:
            node.set("value", tokens[value])
    return own


def _checked(html: str, path: str) -> Element:
    document, fault = _sound(html)
    assert not fault, f"{path}{fault}"
    return document


@functools.lru_cache(maxsize=KEPT)
def _sound(html: str) -> tuple[Element, str]:
    """The document, to be read only, and what is wrong with it, empty when nothing is."""
    parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("etree"), namespaceHTMLElements=False)
    document, lines = parser.parse(html), html.splitlines()
    errors = "; ".join(
        f"{code} {more} at {lines[min(place[0], len(lines)) - 1].strip()!r}" for place, code, more in parser.errors
    )
    try:
        assert not errors, f": {errors}"
        for check in (_frame, _identifiers, _inputs, _links_and_images, _no_inline, _tables):
            check(document, "")
    except AssertionError as wrong:
        return document, str(wrong)
    return document, ""


def _frame(document: Element, path: str) -> None:
    assert document.get("lang"), f"{path}: no language"
    assert words(document.find("./head/title")), f"{path}: no title"
    headings = [words(node) for node in document.iter("h1")]
    assert len(headings) == 1 and headings[0], f"{path}: h1 {headings}"
    assert len(list(document.iter("main"))) == 1, f"{path}: one main"
    names = {node.get("name") for node in document.iter("meta")}
    assert names.issuperset(GOVERNMENT_TAGS), f"{path}: government tags"
    invalid = any(node.get("aria-invalid") == "true" for node in document.iter())
    assert not invalid or words(document.find("./head/title")).startswith("错误："), f"{path}: 错误： in title"


def _identifiers(document: Element, path: str) -> None:
    ids = [node.get("id", "") for node in document.iter() if node.get("id") is not None]
    assert len(ids) == len(set(ids)), f"{path}: doubled ids {sorted(i for i in ids if ids.count(i) > 1)}"
    for node in document.iter():
        named = [ref for name in REFERENCES for ref in node.get(name, "").split()]
        named += [node.get("for", "")] if node.tag == "label" and node.get("for") else []
        href = node.get("href", "")
        named += [href[1:]] if href.startswith("#") and len(href) > 1 else []
        missing = [ref for ref in named if ref not in ids]
        assert not missing, f"{path}: <{node.tag}> refers to missing {missing}"


def _inputs(document: Element, path: str) -> None:
    labels = {node.get("for"): words(node) for node in document.iter("label")}
    wrapped = {id(node) for label in document.iter("label") for node in label.iter()}
    for node in document.iter():
        is_input = node.tag in ("select", "textarea") or (
            node.tag == "input" and node.get("type", "text") not in UNLABELLED
        )
        if is_input:
            named = labels.get(node.get("id")) or node.get("aria-label") or id(node) in wrapped
            assert named, f"{path}: input {node.get('name')} has no label"
        if node.tag == "button":
            assert words(node) or node.get("aria-label"), f"{path}: button without words"
        if node.tag == "fieldset":
            assert words(node.find("legend")), f"{path}: fieldset without legend"
    for form in document.iter("form"):
        has_token = any(node.get("name") == "csrf_token" for node in form.iter("input"))
        assert (form.get("method") == "post") == has_token, f"{path}: a POST form and only it has a token"


def _links_and_images(document: Element, path: str) -> None:
    for node in document.iter():
        for name in ("href", "src", "action"):
            value = node.get(name)
            if value is None:
                continue
            assert value not in ("", "#"), f"{path}: <{node.tag}> leads nowhere"
            scheme = urlsplit(value).scheme
            assert scheme in ("", "http", "https", "mailto", "tel"), f"{path}: {value}"
            fetched = node.tag in ("img", "script", "source", "video", "iframe") or (
                node.tag == "link" and node.get("rel") in ("stylesheet", "icon")
            )
            assert not (fetched and scheme), f"{path}: asset from elsewhere {value}"
        if node.tag == "a":
            named = words(node) or node.get("aria-label") or any(i.get("alt") for i in node.iter("img"))
            assert named, f"{path}: link without words: {node.get('href')}"
        if node.tag == "img":
            assert node.get("alt") is not None, f"{path}: image without alt"


def _no_inline(document: Element, path: str) -> None:
    for node in document.iter():
        assert node.tag not in ("script", "style"), f"{path}: <{node.tag}>"
        handlers = [name for name in node.attrib if str(name).startswith("on") or name == "style"]
        assert not handlers, f"{path}: <{node.tag} {handlers}>"


def _tables(document: Element, path: str) -> None:
    for table in document.iter("table"):
        assert words(table.find("caption")) or table.get("aria-label"), f"{path}: table without caption"
        for cell in table.iter("td"):
            stacked = "stack" in (table.get("class") or "").split()
            assert not stacked or cell.get("data-l"), f"{path}: stacked cell without its column's name"
