"""A fetched page to a Document, by its kind; and which pages are no use: logins, captchas, consent walls, empty shells."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from notebot.errors import NotesError
from notebot.ingest.decoding import decode, known_as
from notebot.ingest.formats.html import decode_page, read_html
from notebot.ingest.markdown import read_markdown
from notebot.ingest.outline import title_of, whole
from notebot.types import Document

_LEAST = 80  # characters of letters and digits that an answer could rest on
_SHORT = 700  # a page with more text than this is one, whatever its words are
_HTML = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|title|meta|div|p|h1|article|main)\b",
    re.I | re.S,
)
_LOOKED_AT = 1_000_000  # bytes in which the reason is looked for
_WORD = re.compile(r"[^\W_]")
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")  # scripts that say as much with a third of the signs
_MARKUP = re.compile(r"<(?:script|style)\b.*?</(?:script|style)\s*>|<[^>]{0,5000}>", re.IGNORECASE | re.DOTALL)
_PASSWORD = re.compile(r"<input\b[^>]{0,1000}\btype\s*=\s*[\"']?password", re.IGNORECASE)

# What such pages say to whoever comes, in English, German, French, Spanish, Italian, Portuguese, Dutch, Polish, Russian,
# Japanese, Chinese. Not what is said about such things in an article.
_SIGNS = (
    (
        "it asks whether a person is reading (captcha)",
        r"are you (?:a )?(?:human|robot)|(?:you are|you're|i'm|i am) not a robot"
        r"|(?:verif|confirm)\w* (?:that )?you(?: are|'re) (?:a )?human"
        r"|checking (?:if the site|your browser)|unusual traffic|complete the (?:security check|captcha)|you have been blocked"
        r"|(?:performing|run) (?:a )?security (?:verification|check)|kein roboter|(?:pas|n'êtes pas) un robot"
        r"|no (?:soy|eres) un robot"
        r"|non s(?:ono|ei) un robot|não sou um robô|geen robot|nie jestem robotem|не робот"
        r"|ロボットではありません|人机验证|安全验证",
    ),
    (
        "it needs JavaScript",
        r"(?:enable|turn on|activate|requires?|needs?) (?:\w+ )?java\s?script"
        r"|java\s?script (?:is |must be )?(?:disabled|required|enabled)"
        r"|java\s?script (?:zu )?aktivieren|aktivieren sie (?:bitte )?java\s?script|activ(?:er|ez) java\s?script"
        r"|(?:habilit|activ)(?:e|a|ar) java\s?script|abilita(?:re)? java\s?script|ative o java\s?script|schakel java\s?script"
        r"|włącz(?:yć)? (?:obsługę )?java\s?script|включит[ье] java\s?script|javascript\s?を有効|启用\s?javascript"
        r"|browser (?:is )?(?:not |un)supported",
    ),
    (
        "it asks for a login",
        r"(?:please|must|need to) (?:sign|log) ?in|(?:sign|log) ?in to (?:continue|view|read|see|access|your)|be logged in"
        r"|forgot (?:your |my )?password|don't have an account|passwort vergessen"
        r"|bitte (?:melden sie sich an|anmelden|einloggen)"
        r"|mot de passe oublié|veuillez vous connecter|inicia(?:r)? sesión para|accedi (?:al tuo|per)|esqueceu a senha"
        r"|wachtwoord vergeten|zaloguj się|войдите|забыли пароль|ログインして|请登录|subscribe to (?:read|continue)"
        r"|for subscribers only",
    ),
    (
        "it shows nothing before cookies are agreed to",
        r"we (?:\w+ ){0,6}use cookies|(?:accept|reject|decline|allow|manage) (?:\w+ )?(?:cookies|all)\b"
        r"|we value your privacy|cookie (?:settings|policy|preferences)"
        r"|before you continue to|wir (?:\w+ ){0,6}cookies|alle akzeptieren|cookie-einstellungen"
        r"|tout (?:accepter|refuser)|nous (?:\w+ ){0,6}cookies"
        r"|(?:aceptar|rechazar) tod|utilizamos cookies|accetta (?:tutti|e)|utilizziamo (?:i )?cookie"
        r"|aceitar (?:todos|tudo)|alle(?:s)? accepteren"
        r"|używamy (?:plików )?cookie|мы используем (?:файлы )?cookie|クッキーを使用|使用\s?cookie",
    ),
)
_REFUSALS = tuple((why, re.compile(signs, re.IGNORECASE)) for why, signs in _SIGNS)
_TITLES = re.compile(
    r"just a moment\W*|attention required\W.*|access denied|(?:403 )?forbidden|(?:log|sign) ?in"
    r"|are you (?:a )?(?:human|robot)\W*"
    r"|anmelden|anmeldung|connexion|iniciar sesión|accedi|security check(?:point)?|(?:please wait|loading)\W*"
    r"|page not found|(?:404 )?not found",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[.!?]\s|[。！？\n]")


def load_page(page: str, data: bytes, content_type: str) -> Document:
    """The text of the page at the canonical address `page`, as its server calls it and as it begins: HTML, PDF or plain text.

    Raises NotesError, with the reason, for other kinds, and ("no usable text: ...") for a page that only asks for something,
    needs JavaScript, or says next to nothing.
    """
    kind = content_type.partition(";")[0].strip().lower()
    if data.startswith(b"%PDF-") or kind == "application/pdf":
        from notebot.ingest.formats.pdf import read_pdf

        return read_pdf(page, data)
    if what := known_as(data):
        raise NotesError(f"is {what}: pages of this type are not read")
    if kind in ("text/html", "application/xhtml+xml") or (_unsaid(kind) and _HTML.match(data)):
        return _usable(read_html(page, data, content_type), data, content_type)
    if not _unsaid(kind) and kind not in ("text/markdown", "text/x-markdown"):
        raise NotesError(f"has the type {kind[:60]}, which is not read")
    text, warnings = decode_page(data, content_type) if "charset" in content_type.lower() else decode(data)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    name = PurePosixPath(unquote(urlsplit(page).path))
    marked = "markdown" in kind or name.suffix.lower() in (".md", ".markdown")
    parts = read_markdown(text)[0] if marked else whole(text)
    document = Document(page, title_of(str(name), parts) or page, parts, (), {}, warnings)
    if _said(document) == 0:
        raise NotesError("no usable text: it is empty")
    return document


def _unsaid(kind: str) -> bool:
    """Whether a content type leaves open what it is: servers send pages as plain text, and text as bytes."""
    return kind in ("", "text/plain", "application/octet-stream", "binary/octet-stream")


def _usable(document: Document, data: bytes, content_type: str) -> Document:
    """`document`, unless what it says is only that there is nothing to read. Raises NotesError."""
    said = _said(document)
    if said >= _SHORT:
        return document
    text = "\n".join(section.text for section in document.sections)
    if said >= _LEAST:
        sentences = [sentence for sentence in _SENTENCE.split(text) if _WORD.search(sentence)]
        telling = [(why, sum(bool(signs.search(sentence)) for sentence in sentences)) for why, signs in _REFUSALS]
        why, most = max(telling, key=lambda sign: sign[1])
        if 3 * most >= len(sentences) or _TITLES.fullmatch(document.title):
            raise NotesError(f"no usable text: {why if most else 'it is an error or a login page'}")
        return document
    markup = decode_page(data[:_LOOKED_AT], content_type)[0]
    if _PASSWORD.search(markup):
        raise NotesError("no usable text: it asks for a login")
    shown = f"{document.title}\n{text}\n{_MARKUP.sub(' ', markup)}"  # what stands in noscript and in dialogs too
    for why, signs in _REFUSALS:
        if signs.search(shown):
            raise NotesError(f"no usable text: {why}")
    raise NotesError("no usable text: it says next to nothing without running its scripts")


def _said(document: Document) -> int:
    """How much a document says, in letters and digits without its headings."""
    text = "\n".join(
        section.text.partition("\n")[2] if section.heading and section.text.startswith("#") else section.text
        for section in document.sections
    )
    return len(_WORD.findall(text)) + 2 * len(_WIDE.findall(text))
