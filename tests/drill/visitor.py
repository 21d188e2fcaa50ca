"""Somebody at an address of loopback who reads and sends pages over a real connection, as a browser without script."""

import http.client
import time
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit
from xml.etree.ElementTree import Element

import html5lib
from tests.web.guarded_site import solve
from tests.web.strict_client import words

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Seen:
    """An answer and how long it took. ``path``: where it was read, after redirects."""

    status: int
    path: str
    text: str
    seconds: float

    @property
    def document(self) -> Element:
        tree = html5lib.getTreeBuilder("etree")
        parsed: Element = html5lib.HTMLParser(tree=tree, namespaceHTMLElements=False).parse(self.text)
        return parsed

    @property
    def h1(self) -> str:
        return words(self.document.find(".//h1"))

    @property
    def is_question(self) -> bool:
        return self.status == 429 and 'name="challenge"' in self.text


@dataclass
class Visitor:
    """A browser: keeps cookies, follows redirects, sends forms with their hidden values.

    :param slowest: seconds of the slowest answer so far; :param asked: how many questions were answered
    """

    port: int
    address: str
    cookies: dict[str, str] = field(default_factory=dict)
    slowest: float = 0.0
    asked: int = 0

    def get(self, path: str) -> Seen:
        return self._followed(self.ask("GET", path))

    def post(self, path: str, values: dict[str, str]) -> Seen:
        return self._followed(self.ask("POST", path, urlencode(values)))

    def post_once(self, path: str, values: dict[str, str]) -> Seen:
        """A form as it stands, whatever comes back."""
        return self.ask("POST", path, urlencode(values))

    def send(self, page: Seen, values: dict[str, str], *, action: str = "") -> Seen:
        """Fill the page's POST form (with this action, else the first of main) and send it; answer questions."""
        target, hidden = form_of(page, action)
        answer = self.post(target, {**hidden, **values})
        while answer.is_question:
            self.asked += 1
            answer = self._answered(answer)
        return answer

    def ask(self, method: str, path: str, body: str = "") -> Seen:
        """One request on a connection of its own, as it stands."""
        begun = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60, source_address=(self.address, 0))
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "Connection": "close",
        }
        if method == "POST":
            headers["Content-Type"] = FORM
        try:
            connection.request(method, path, body or None, headers)
            response = connection.getresponse()
            text = response.read().decode("utf-8", "replace")
        finally:
            connection.close()
        seconds = time.perf_counter() - begun
        self.slowest = max(self.slowest, seconds)
        self._keep(response.headers.get_all("Set-Cookie") or [])
        return Seen(response.status, response.headers.get("Location") or path, text, seconds)

    def _answered(self, page: Seen) -> Seen:
        target, hidden = form_of(page)
        labels = [words(node) for node in page.document.iter("label") if node.get("for") == "answer"]
        if not labels:  # right already: only the turn is waited for
            time.sleep(1)
            return self.post(target, hidden)
        return self.post(target, {**hidden, "answer": solve(labels[0].removesuffix("（必填）").strip())})

    def _followed(self, seen: Seen) -> Seen:
        while seen.status in (301, 302, 303):
            parts = urlsplit(seen.path)
            seen = self.ask("GET", f"{parts.path}?{parts.query}" if parts.query else parts.path)
        return seen

    def _keep(self, lines: list[str]) -> None:
        for line in lines:
            for name, morsel in SimpleCookie(line).items():
                if morsel["max-age"] == "0" or not morsel.value:
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = morsel.value


def form_of(page: Seen, action: str = "") -> tuple[str, dict[str, str]]:
    """Where a POST form of the page's main part is sent, and its hidden values as a browser sends them."""
    main = next(page.document.iter("main"))
    forms = [node for node in main.iter("form") if node.get("method") == "post"]
    chosen = next((form for form in forms if not action or form.get("action") == action), None)
    assert chosen is not None, f"{page.path} {page.status}: no form {action}: {page.text[:1500]}"
    inputs = [node for node in chosen.iter("input") if node.get("type") == "hidden"]
    return chosen.get("action") or page.path, {
        node.get("name", ""): node.get("value", "").replace("\n", "\r\n") for node in inputs
    }
