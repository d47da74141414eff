"""HTML to the part of its tree that people come for: nothing hidden, and no navigation, banners, consent boxes or footers.

Where the page says what its content is (main, article), it is believed. What surrounds it is known by its tag, its role, the
words of its class, and by being made of links.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element as Element  # type: ignore[import-untyped]  # it has no types

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")

_LONGEST = 2_000_000  # characters of HTML that are read
_MOST_ELEMENTS = 100_000
_LEAST = 80  # characters without which a page has no content

_NEVER_SHOWN = frozenset(
    "script style template noscript title svg iframe object embed canvas audio video map button input select textarea option"
    " datalist dialog menu annotation annotation-xml".split()
)
_AROUND = frozenset(("nav", "footer"))
_AROUND_ROLES = frozenset(
    "navigation banner contentinfo search complementary dialog alertdialog menu menubar toolbar tablist tooltip".split()
)
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|(?<![\w-])opacity\s*:\s*0*\.?0*\s*(?:;|!|$)"
    r"|font-size\s*:\s*0|text-indent\s*:\s*-\d{3}|(?:left|top)\s*:\s*-\d{4}",
    re.IGNORECASE,
)
_INK = re.compile(r"(?<![\w-])(color|background(?:-color)?)\s*:\s*([^;!]+)", re.IGNORECASE)
_WHITE = re.compile(
    r"white|#fff(?:fff)?|transparent|rgba?\(\s*255\s*,\s*255\s*,\s*255\b.*|rgba\(.*,\s*0?\.?0+\s*\)", re.IGNORECASE
)
# Words of a class or an id. The first kind is never content, the second is not where something longer is not inside.
_UNSEEN_CLASSES = frozenset("sr-only visually-hidden visuallyhidden screen-reader-text screen-reader-only mw-editsection".split())
_SURROUNDING = frozenset(
    "cookie cookies consent gdpr newsletter subscribe subscription breadcrumb breadcrumbs sidebar toc navbox navbar nav menu"
    " related recommended recommendations comments disqus giscus advert advertisement ads promo cta announcement popup modal"
    " overlay footer share sharing social skip skiplink pagination pager catlinks noprint headerlink permalink viewcode lineno"
    " linenos gutter feedback login signup banner dropdown portlet masthead".split()
)
_WORDS = re.compile(r"[a-z]+|[A-Z][a-z]*|[A-Z]+(?![a-z])")
_TEXT = re.compile(r"\w")
_DECIDED_BY_LINKS = frozenset(("div", "ul", "ol", "section", "header", "aside", "form"))


@dataclass(frozen=True, slots=True)
class Tree:
    """A page as a tree. `content` is the part to be read, cut free of the rest.

    `titles` are what its head calls it, best first, `site` the name of its site, `heading` its only h1; empty where unknown.
    `cut`: it was too long or too deep, and the end is missing.
    """

    content: Element
    titles: tuple[str, ...]
    site: str
    heading: str
    cut: bool


def read_tree(text: str) -> Tree | None:
    """The content of the page `text`, None if there is no element in it. Only the first two million characters are read."""
    from lxml import etree  # type: ignore[import-untyped]  # it has no types

    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True, huge_tree=True)
    cut = len(text) > _LONGEST
    bare = text[:_LONGEST].replace("\0", "\ufffd").encode("utf-8", errors="replace")
    try:
        root = etree.fromstring(bare, parser)
    except etree.XMLSyntaxError:
        return None
    if root is None:
        return None
    cut |= _cut_short(root) or any("depth" in error.message for error in parser.error_log)
    titles, site = _titles(root)
    _drop(root, [element for element in root.iter() if _hidden(element)])  # all of it: the parser may put content into head
    heading, of_site = _own_heading(root, titles)
    return Tree(_content(root), titles, site or of_site, heading, cut)


def class_words(element: Element, *, named: bool = True) -> frozenset[str]:
    """The words that the classes and, if `named`, the id of `element` are made of, in lower case."""
    names = f"{element.get('class') or ''} {(named and element.get('id')) or ''}"[:500]
    return frozenset(word.lower() for word in _WORDS.findall(names))


def plain(element: Element) -> str:
    """All text in `element`, with single spaces."""
    return " ".join("".join(element.itertext()).split())


# --- what is never read -------------------------------------------------------------------------------------------


def _cut_short(root: Element) -> bool:
    """Leave out what follows the last element that is read; whether there was any."""
    last = next((element for number, element in enumerate(root.iter()) if number == _MOST_ELEMENTS), None)
    node = last
    while node is not None:
        parent = node.getparent()
        if parent is None:
            break
        following = node.getnext()
        while following is not None:
            parent.remove(following)
            following = node.getnext()
        node = parent
    return last is not None


def _titles(root: Element) -> tuple[tuple[str, ...], str]:
    """What the page's head calls it, best first, and the name of its site."""
    said: dict[str, str] = {}
    for meta in root.iter("meta"):
        name = meta.get("property") or meta.get("name") or ""
        said.setdefault(name.lower(), " ".join((meta.get("content") or "").split()))
    named = root.find(".//title")
    titles = (said.get("og:title", ""), "" if named is None else plain(named))
    return tuple(title for title in titles if title), said.get("og:site_name", "")


def _own_heading(body: Element, titles: Iterable[str]) -> tuple[str, str]:
    """The page's only h1, or the one of several that the page's head calls it by; and one that stands in a menu: the site's."""
    own: list[str] = []
    of_site = ""
    for element in islice(body.iter("h1"), 50):
        around = [element, *islice(element.iterancestors(), 20)]
        if any(above.tag in _AROUND or "menu" in class_words(above) for above in around):
            of_site = of_site or heading_text(element)
        elif (text := heading_text(element)) and text not in own:
            own.append(text)
    named = [text for text in own if any(text.lower() in title.lower() for title in titles)]
    return named[0] if named else own[0] if len(own) == 1 else "", of_site


def heading_text(element: Element) -> str:
    """The words of a heading, without a link to itself beside them."""
    text = plain(element)
    for link in element.iter("a"):
        if (link.get("href") or "").startswith("#") and (own := plain(link)) and text != own and text.endswith(own):
            text = text.removesuffix(own).rstrip()
    return text.rstrip("¶§#🔗 ") or text


def _hidden(element: Element) -> bool:
    if element.tag in _NEVER_SHOWN:
        return True
    attributes = element.attrib
    if not attributes:
        return False
    hidden = attributes.get("hidden")
    if (hidden is not None and hidden != "until-found") or attributes.get("aria-hidden") == "true":
        return True
    style = attributes.get("style")
    if style and (_HIDING.search(style) or _white_on_white(style)):
        return True
    classes = attributes.get("class")
    return bool(classes) and not _UNSEEN_CLASSES.isdisjoint(str(classes)[:500].split())


def _white_on_white(style: str) -> bool:
    inks = {name.lower().removesuffix("-color"): value.strip() for name, value in _INK.findall(style)}
    ink, ground = inks.get("color", ""), inks.get("background", "white")
    return bool(ink) and (ink.lower() == ground.lower() or bool(_WHITE.fullmatch(ink) and _WHITE.fullmatch(ground)))


def _drop(root: Element, elements: Iterable[Element]) -> None:
    """Take `elements` out of the tree; the text behind each stays."""
    for element in elements:
        parent = element.getparent()
        if parent is None or element is root:
            continue
        if element.tail:
            before = element.getprevious()
            if before is not None:
                before.tail = (before.tail or "") + element.tail
            else:
                parent.text = (parent.text or "") + element.tail
            element.tail = None
        parent.remove(element)


# --- what lies around the content ---------------------------------------------------------------------------------


def _content(body: Element) -> Element:
    from lxml import etree

    sizes, links = _sizes(body)
    root = _named(body, sizes)
    trusted = root is not body
    around, menus = [], []
    walk = etree.iterwalk(root, events=("start",))
    for _, element in walk:
        if element is root:
            continue
        if _around(element, sizes, root) or _card(element) or _note_mark(element, sizes, links):
            around.append(element)
        elif _made_of_links(element, sizes, links, trusted=trusted):
            menus.append(element)
        else:
            continue
        walk.skip_subtree()
    left = sizes[root] - sum(sizes[element] for element in (*around, *menus))
    _drop(root, [*around, *menus] if left >= _LEAST else around)  # of a page of links, the links are the content
    return root


def _sizes(body: Element) -> tuple[Mapping[Element, int], Mapping[Element, int]]:
    """For each element the characters of text in it, and how many of these stand in links."""
    sizes: dict[Element, int] = {}
    links: dict[Element, int] = {}
    for element in reversed(list(body.iter())):  # children before their parents
        size = len((element.text or "").strip())
        linked = 0
        for child in element:
            size += sizes[child] + len((child.tail or "").strip())
            linked += links[child]
        sizes[element] = size
        links[element] = size if element.tag == "a" and element.get("href") else linked
    return sizes, links


def _named(body: Element, sizes: Mapping[Element, int]) -> Element:
    """What the page itself names as its content, if that is a fair part of it."""
    root, least = body, 0.25
    mains = [element for element in body.iter() if element.tag == "main" or element.get("role") == "main"]
    for named, share in ((mains, least), (list(root.iter("article")), 0.5)):
        inside = [element for element in named if root is body or root in element.iterancestors()]
        if inside:
            largest = max(inside, key=lambda element: sizes[element])
            if sizes[largest] > share * sizes[root]:
                root = largest
    return root


def _around(element: Element, sizes: Mapping[Element, int], root: Element) -> bool:
    """Whether an element is known by its name to lie around the content, and too little of it to be the content."""
    if element.tag in _AROUND or element.get("role") in _AROUND_ROLES or element.get("aria-modal") == "true":
        return sizes[element] < 0.6 * sizes[root]
    if element.tag in HEADINGS or element.tag in ("pre", "code"):
        return False
    if element.tag == "header" and not _has(element, HEADINGS):
        return True
    words = class_words(element, named=not _headed(element)) if element.attrib else ()
    return not _SURROUNDING.isdisjoint(words) and sizes[element] < 0.3 * sizes[root] and element.find(".//h1") is None


def _headed(element: Element) -> bool:
    """Whether the id of an element may have been made from its heading: "related-work" is no box of related pages."""
    return element.tag == "section" or (len(element) > 0 and element[0].tag in HEADINGS)


def _made_of_links(element: Element, sizes: Mapping[Element, int], links: Mapping[Element, int], *, trusted: bool) -> bool:
    """Whether hardly anything but links is in it: a menu, a row of tags. In content that the page names itself, only short ones
    without a list."""
    size, linked = sizes[element], links[element]
    if not linked or element.tag not in _DECIDED_BY_LINKS:
        return False
    if linked < 0.6 * size or sum(1 for _ in islice(element.iter("a"), 2)) < 2:
        return False
    if _has(element, ("p", "pre", "table", "h1")):
        return False
    return size < 120 and element.find(".//li") is None and element.tag not in ("ul", "ol") if trusted else True


def _card(element: Element) -> bool:
    """A link around a heading leads to another page, and so does what stands in it."""
    href = element.get("href") or ""
    return (
        element.tag == "a"
        and bool(href)
        and not href.startswith("#")
        and any(element.find(f".//{tag}") is not None for tag in HEADINGS[1:])
    )


def _has(element: Element, tags: Sequence[str]) -> bool:
    return len(element) > 0 and next(element.iterdescendants(*tags), None) is not None


def _note_mark(element: Element, sizes: Mapping[Element, int], links: Mapping[Element, int]) -> bool:
    """The raised number of a footnote, or a link to the place itself that shows only a sign."""
    if sizes[element] > 12:
        return False
    if element.tag == "sup":
        return links[element] > 0
    return element.tag == "a" and (element.get("href") or "").startswith("#") and not _TEXT.search(plain(element))
