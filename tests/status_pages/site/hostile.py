"""300 things that somebody could write to have something run at visitors, and a reader that looks what came of them."""

import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

from server.status_pages.site.markdown import SCHEMES

RAW = (
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//x.example/a.js></SCRIPT>",
    "<script\x0b>alert(1)</script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    "<img/src='x'/onerror='alert(1)'>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
    "<math href='javascript:alert(1)'>x</math>",
    "<iframe src='javascript:alert(1)'></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data='data:text/html,<script>alert(1)</script>'></object>",
    "<embed src='data:image/svg+xml,<svg onload=alert(1)>'>",
    "<body onload=alert(1)>",
    "<style>*{background:url('javascript:alert(1)')}</style>",
    "<div style='background:url(javascript:alert(1))'>x</div>",
    "<link rel=stylesheet href=//x.example/a.css>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<base href='//x.example/'>",
    "<form action='javascript:alert(1)'><button>x</button></form>",
    "<input autofocus onfocus=alert(1)>",
    "<details open ontoggle=alert(1)>x</details>",
    "<video><source onerror=alert(1)></video>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='&#106;avascript:alert(1)'>x</a>",
    "<a href=' javascript:alert(1)'>x</a>",
    "<a href='java\tscript:alert(1)'>x</a>",
    "<a href='vbscript:msgbox(1)'>x</a>",
    "<a href='data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg=='>x</a>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<textarea></textarea><img src=x onerror=alert(1)>",
    "<template><script>alert(1)</script></template>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[><script>alert(1)</script>]]>",
    "<?xml version='1.0'?><x onclick=alert(1)>",
    "</title><script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "'\"><script>alert(1)</script>",
    '" onmouseover="alert(1)',
    "' onfocus='alert(1)' autofocus='",
    "{{ 7 * 7 }}{% for x in ().__class__.__base__.__subclasses__() %}{{ x }}{% endfor %}",
    "${alert(1)} #{alert(1)} <%= alert(1) %>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "\u202e<script>alert(1)</script>",
    "<ſcript>alert(1)</ſcript>",
    "<xss id=x tabindex=1 onactivate=alert(1)></xss>",
    "]]></content><script>alert(1)</script>",
    "END:VEVENT\r\nBEGIN:VEVENT\r\nURL:javascript:alert(1)",
)
TARGETS = (
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "&#x6A;avascript:alert(1)",
    "java&#x09;script:alert(1)",
    "%6Aavascript:alert(1)",
    "vbscript:msgbox(1)",
    "data:text/html,<script>alert(1)</script>",
    "data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+",
    "file:///etc/passwd",
    "blob:https://x.example/1",
    "ftp://x.example/a",
    '//x.example" onclick="alert(1)',
    'https://x.example/" onmouseover="alert(1)',
    "https://x.example/'><script>alert(1)</script>",
    "\x01javascript:alert(1)",
    "javascript&colon;alert(1)",
    "javascript://x.example/%0aalert(1)",
    'mailto:x@x.example" onclick="alert(1)',
    "https://x.example/?q=<script>alert(1)</script>",
    "ws://x.example",
)
LINKS = ("[x]({})", "![x]({})", "<{}>", "[x]: {}\n\n[x]", "[x](<{}>)", "[![x]({})](https://x.example)")
WRAPPED = ("**{}**", "> {}", "- {}")
CORPUS = tuple(
    dict.fromkeys(
        [
            *RAW,
            *(link.format(to) for to in TARGETS for link in LINKS),
            *(w.format(each) for each in RAW for w in WRAPPED),
        ]
    )
)[:300]
TAGS = frozenset(
    re.findall(
        r"\w+",
        "html head meta title link style body div a header nav ul li span strong picture source img main footer p ol h1"
        " h2 h3 h4 svg path article section small b time br em code pre blockquote",
    )
)
ATTRIBUTES = frozenset(
    re.findall(
        r"[\w-]+",
        "lang charset name content http-equiv rel href type title class id src srcset media alt viewbox d fill-rule"
        " aria-hidden aria-label focusable hreflang datetime",
    )
)
VOID = frozenset(["meta", "link", "img", "source", "br", "input"])
IN_OUR_FORMS = frozenset({"input", "label", "fieldset", "legend", "button"})
OF_OUR_FORMS = frozenset({"name", "value", "for", "autocomplete", "required", "checked"})
OUR_FORM = re.compile(r"(\./|(\.\./)+)?subscribe")
"""Where our forms go; visitors' words can make none."""
CLOSED_BY_THEMSELVES = frozenset({"path"})


def _is_our_form(attrs: dict[str, str | None]) -> bool:
    to = attrs.get("action") or ""
    return set(attrs) == {"class", "method", "action"} and attrs["method"] == "post" and bool(OUR_FORM.fullmatch(to))


class Page(HTMLParser):
    """What a browser would make of it: elements that are open, what stands where none of ours may, and all links."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        is_ours = tag == "form" and _is_our_form(dict(attrs))
        is_inside = "form" in self.open and tag in IN_OUR_FORMS
        if tag not in TAGS and not is_ours and not is_inside:
            self.wrong.append(f"<{tag}>")
        for name, value in attrs:
            if is_ours or (is_inside and name in OF_OUR_FORMS):
                continue
            if name not in ATTRIBUTES:
                self.wrong.append(f"<{tag} {name}>")
            if name == "id":
                self.ids.append(value or "")
            if name in ("href", "src"):
                self.links.append(value or "")
                if urlsplit((value or "").strip()).scheme not in ("", *SCHEMES):
                    self.wrong.append(f"<{tag} {name}={value}>")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}> where it isn't open")

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.words.append(data)

    def handle_pi(self, data: str) -> None:
        self.wrong.append(f"<?{data}>")

    def unknown_decl(self, data: str) -> None:
        self.wrong.append(f"<![{data}]>")
