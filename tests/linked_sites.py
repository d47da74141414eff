"""Pages such as stand at the addresses that the shipped notes link to: with menus, cookie bars and scripts around the words.

The words are made up for the tests. `site.pages |= linked_sites()` puts them on a page server, `site.guard(*HOSTS)` sends
the hosts' names there.
"""

from __future__ import annotations

import gzip

from notebot.urls import host_of, read_place, read_url
from page_server import Page, redirect

_SHELL = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<script>window.dataLayer = window.dataLayer || []; track("{title}");</script>
<style>.hidden {{ display: none }}</style></head>
<body>
<div id="cookie-bar" role="dialog"><p>We value your privacy. Accept all cookies?</p><button>Accept</button></div>
<header><nav><ul><li><a href="/">Home</a></li><li><a href="/pricing">Pricing</a></li>
<li><a href="/login">Sign in</a></li></ul></nav></header>
<main><article><h1>{heading}</h1>
{words}
</article></main>
<aside><h2>Related</h2><ul><li><a href="/more">You may also like</a></li></ul></aside>
<footer><p>All rights reserved. <a href="/privacy">Privacy</a></p></footer>
</body></html>
"""

_WIKIPEDIA = """<p><b>Data mining</b> looks for patterns in large sets of data, with methods from statistics, machine learning
and databases.<sup><a href="#cite-1">[1]</a></sup> It is the analysis step of a longer process.</p>
<table class="infobox"><tr><th>Field</th><td>Computer science</td></tr></table>
<h2 id="Process">Process<span class="mw-editsection">[edit]</span></h2>
<p>Six phases are common: understanding the business, understanding the data, preparing it, modelling, evaluation and
deployment.</p>
<h3 id="Pre-processing">Pre-processing</h3><p>A target data set is assembled first, large enough to hold the patterns.</p>
<ol class="references"><li id="cite-1">A book about it.</li></ol>"""
_DEEP = """<h2>What is deep learning?</h2><p>Deep learning trains neural networks of many layers, so that a program
learns features from raw data by itself.</p><h2>How deep learning works</h2><p>Each layer passes what it computed to the next;
backpropagation then corrects the weights from the last layer to the first.</p>"""
_SELF_SUPERVISED = """<h2>What is self-supervised learning?</h2><p>A model learns from data without labels: the data itself
supplies them, for instance a word that was hidden and must be guessed.</p>
<h2>Self-supervised learning vs. supervised learning</h2><p>Both compare with a ground truth; only one
needs people to write it.</p>"""
_FEATURE_STORE = """<p>A feature store is the place where teams keep, share and serve the inputs of their models.</p>
<h2>What are the components of a feature store?</h2>
<p>It transforms raw data, it registers what features mean, and it serves them with low latency.</p>
<p>Finally, Feature Stores are feature storage systems, with an offline side for training and an online side that answers
whenever input for a prediction is required.</p>"""
_SKEW = """<p>Skew between training and serving means that a model meets other data in production than it learned from.</p>
<h2>Causes</h2><ul><li>Two code paths compute one feature.</li><li>Data arrives late.</li></ul>
<pre><code>def mean(values):
    return sum(values) / len(values)</code></pre>"""
_AUGMENTATION = """<p>Augmentation shows a model many versions of one picture.</p>
<h2 id="color-space-augmentations">Color Space Augmentations</h2>
<h3 id="hue-adjustment-hsv_h">Hue Adjustment (<code>hsv_h</code>)<a class="headerlink" href="#hue-adjustment-hsv_h">¶</a></h3>
<ul><li><strong>Range</strong>: 0.0 to 1.0</li><li><strong>Purpose</strong>: shifts the colours and keeps how they
relate.</li></ul>
<h3 id="saturation-adjustment-hsv_s">Saturation Adjustment (<code>hsv_s</code>)<a class="headerlink" href="#s">¶</a></h3>
<ul><li><strong>Range</strong>: 0.0 to 1.0</li><li><strong>Purpose</strong>: makes colours stronger or paler, for other
weather and cameras.</li></ul>"""
_OPTIMIZERS = """<p>An optimization algorithm changes a model's weights step by step so that its loss becomes smaller.</p>
<h2>Examples</h2><p>Stochastic gradient descent takes one batch at a time; Adam gives every weight a step of its own.</p>"""
_ONNX = """<p>ONNX is an open format for models.</p><section id="overview"><h2>Overview</h2>
<p>The exporter captures the computation graph of a module and writes it as an ONNX file.</p>
<div class="highlight"><pre>torch.onnx.export(model, args, "model.onnx", dynamo=True)</pre></div></section>"""
_CANDIDATES = """<h2 id="overview">Overview</h2><p>Candidate generation picks hundreds of items out of millions, for a ranker
to order.</p>
<h2 id="two-tower">Two-tower models</h2><table><thead><tr><th>Tower</th><th>Input</th></tr></thead>
<tbody><tr><td>Query</td><td>what a person did</td></tr><tr><td>Item</td><td>what it is</td></tr></tbody></table>"""

_WORDS = {
    "https://en.wikipedia.org/wiki/Data_mining": ("Data mining", _WIKIPEDIA),
    "https://www.ibm.com/think/topics/deep-learning": ("What is deep learning?", _DEEP),
    "https://www.ibm.com/think/topics/self-supervised-learning": ("What is self-supervised learning?", _SELF_SUPERVISED),
    "https://www.qwak.com/post/what-is-a-feature-store-in-ml": ("What is a feature store in ML?", _FEATURE_STORE),
    "https://www.qwak.com/post/training-serving-skew-in-machine-learning": ("Training-serving skew", _SKEW),
    "https://docs.ultralytics.com/guides/yolo-data-augmentation/": ("Data augmentation", _AUGMENTATION),
    "https://www.ultralytics.com/glossary/optimization-algorithm": ("Optimization algorithm", _OPTIMIZERS),
    "https://docs.pytorch.org/docs/stable/onnx.html": ("torch.onnx", _ONNX),
    "https://aman.ai/recsys/candidate-gen/": ("Candidate generation", _CANDIDATES),
}
LINKS = tuple(_WORDS)
HOSTS = tuple(sorted({host_of(read_url(url).page) for url in LINKS}))


def linked_sites() -> dict[str, Page | str]:
    """A page for every link, by path: some packed, one moved, one in another charset, all with a site's clutter."""
    pages: dict[str, Page | str] = {read_place(url).target: _page(*words) for url, words in _WORDS.items()}
    pages["/robots.txt"] = Page(b"User-agent: *\nDisallow: /login\n", kind="text/plain")
    # A wiki's pages come packed, a documentation has moved, and an old blog writes Windows' letters.
    wiki = "/wiki/Data_mining"
    pages[wiki] = Page(
        gzip.compress(_page(*_WORDS["https://en.wikipedia.org" + wiki]).encode()), headers={"Content-Encoding": "gzip"}
    )
    stable = "/docs/stable/onnx.html"
    pages["/docs/2.9/onnx.html"] = pages[stable]
    pages[stable] = redirect("/docs/2.9/onnx.html", 301)
    blog = "/recsys/candidate-gen/"
    old = (
        _page(*_WORDS["https://aman.ai" + blog])
        .replace('charset="utf-8"', 'charset="windows-1252"')
        .replace("hundreds", "“hundreds”")
    )
    pages[blog] = Page(old.encode("windows-1252"), kind="text/html")
    return pages


def _page(heading: str, words: str) -> str:
    return _SHELL.format(title=f"{heading} | A site", heading=heading, words=words)
