#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The web site of tools/site: each page is valid, each link leads somewhere.

usage: site.py SOURCE_ROOT

Speaks TAP.  Pages of others are not fetched.
"""

import html.parser
import pathlib
import posixpath
import re
import shutil
import subprocess
import sys
import tempfile

VOID = {"br", "col", "hr", "img", "link", "meta", "wbr"}


class Page(html.parser.HTMLParser):
    """What a page links to, what can be linked to in it, and what is wrong with it."""

    def __init__(self, text):
        super().__init__()
        self.links, self.ids, self.wrong, self.open = [], [], [], []
        self.feed(text)
        self.close()
        self.wrong += [f"<{tag}> is not closed" for tag in self.open]

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag not in VOID:
            self.open.append(tag)
        if "id" in attrs:
            if attrs["id"] in self.ids:
                self.wrong.append(f"two ids {attrs['id']}")
            self.ids.append(attrs["id"])
        if tag == "a" and "a" in self.open[:-1]:
            self.wrong.append("a link within a link")
        for name in ("href", "src"):
            if name in attrs:
                self.links.append(attrs[name])

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if not self.open or self.open[-1] != tag:
            self.wrong.append(f"</{tag}> closes nothing")
        else:
            self.open.pop()


def dead(name, pages, files):
    """Links of a page that lead nowhere."""
    for link in pages[name].links:
        if re.match(r"(https?|mailto):", link):
            continue
        path, _, part = link.partition("#")
        path = path or name
        if path not in files:
            yield f"{name}: no {link}"
        elif part and part not in pages[path].ids:
            yield f"{name}: {path} has no #{part}"


def unreached(pages):
    """Pages to which no way leads from the index: doc/index.md is where to name them."""
    seen, left = set(), ["index.html"]
    while left:
        name = left.pop()
        if name in pages and name not in seen:
            seen.add(name)
            left += [link.partition("#")[0] for link in pages[name].links]
    return set(pages) - seen


def tidy(text):
    """What the validator finds."""
    ran = subprocess.run(["tidy", "-e", "-q", "-utf8", "--show-info", "no"], input=text, text=True,
                         capture_output=True, timeout=60, check=False)
    return [line for line in ran.stderr.splitlines() if line]


def checks(source):
    """(name, what is wrong) of each check."""
    with tempfile.TemporaryDirectory() as folder:
        ran = subprocess.run([source / "tools/site", folder], capture_output=True, text=True, timeout=120, check=False)
        yield "it is made", [] if ran.returncode == 0 else [ran.stderr]
        files = {path.name: path.read_text() for path in pathlib.Path(folder).iterdir()}
    pages = {name: Page(text) for name, text in files.items() if name.endswith(".html")}
    manuals = [path.name + ".html" for path in (source / "man").iterdir()]
    yield "no manual is missing", [name for name in manuals if name not in pages] or ([] if manuals else ["none"])
    yield "each tag is closed", [f"{name}: {what}" for name, page in pages.items() for what in page.wrong]
    yield "each link leads somewhere", [what for name in pages for what in dead(name, pages, files)]
    yield "no manual of ours is sought elsewhere", \
        [f"{name}: {link}" for name, page in pages.items() for link in page.links
         if any(f"/{path.stem}." in link for path in (source / "man").iterdir())]
    yield "every program has a manual with examples", [
        name for name in (path.name for path in (source / "src/prog").iterdir() if path.is_dir())
        if not any('id="EXAMPLES"' in files.get(f"{name}.{n}.html", "") for n in (1, 8))]
    yield "each page is reached from doc/index.md", sorted(unreached(pages))
    yield "the validator agrees", [f"{name}: {what}" for name in pages for what in tidy(files[name])] \
        if shutil.which("tidy") else None

    # What would be found if it were there.
    broken = {"index.html": '<p id="a">x<p id="a"><a href="b.html">y</a><a href="#c">z</a></p>', "d.html": ""}
    pages = {name: Page(text) for name, text in broken.items()}
    found = [*pages["index.html"].wrong, *dead("index.html", pages, broken), *unreached(pages)]
    want = ["two ids a", "<p> is not closed", "index.html: no b.html", "index.html: index.html has no #c", "d.html"]
    yield "mistakes are seen", [] if found == want else [repr(found)]

    # Those who read the files on a forge follow the same links.
    lost = []
    for page in [source / "README.md", *(source / "doc").rglob("*.md")]:
        for path in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text()):
            if not (source / posixpath.normpath(page.relative_to(source).parent / path)).exists():
                lost.append(f"{page.name}: no {path}")
    yield "the links of the sources lead somewhere, too", lost


def main(source):
    for program in ("mandoc", "cmark-gfm"):
        if not shutil.which(program):
            print(f"1..0 # SKIP no {program} here (tools/setup check)")
            return 0
    failed = number = 0
    for number, (name, wrong) in enumerate(checks(source), 1):
        skip = " # SKIP no tidy here" if wrong is None else ""
        print(f"{'not ' if wrong else ''}ok {number} - {name}{skip}")
        for line in wrong or []:
            print(f"# {line}")
            failed = 1
    print(f"1..{number}")
    return failed


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1])))
