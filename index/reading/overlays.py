"""Notices that lie over a web page: consent to cookies, newsletters, paywalls and other dialogs.

They are taken from the page before its article is looked for, since a notice may be longer than
a short article. Known by their markup (`role="dialog"`), by names that many sites use, or by the
button to accept below words about cookies. What holds the article, or is all that the page says,
stays.
"""

import re
from collections.abc import Iterator
from itertools import chain, islice
from typing import Any

from plait.index.reading.markup import names_of_element

CONSENT_NAME = re.compile(
    r"onetrust|optanon|didomi|cookiebot|usercentrics|quantcast|qc-cmp|trustarc|truste[-_]|sourcepoint"
    r"|sp_message|iubenda|borlabs|cmplz|klaro\b|osano|termly|\bcky-|tarteaucitron|axeptio|evidon"
    r"|gdpr|ccpa|\bcmp[-_]?(?:box|banner|wrapper|container|root|modal|ui)|\bcc-(?:window|banner)"
    r"|consent[-_]?(?:banner|bar|box|dialog|layer|manager|modal|overlay|popup|prompt|wall|tool)"
    r"|(?:cookie|privacy)s?[-_]?(?:alert|banner|bar|box|consent|dialog|disclaimer|hint|info|layer"
    r"|law|manager|message|modal|notice|notification|overlay|panel|popup|prompt|settings|wall)"
    r"|\A(?:cookies?|consent)\Z"
)
"""Pattern in a class or id, in lower case, of a notice that asks for consent."""

LAYER_NAME = re.compile(
    r"modal|pop-?up|overlay|lightbox|interstitial|backdrop|toast|pay-?wall|reg-?wall|ad-?block"
    r"|newsletter|subscri|sign-?up|log-?in|regist|meter|barrier|gateway|piano|tp-container"
)
"""Pattern in a class or id of what may be a notice; articles have such names, too."""

NOTICE = re.compile(
    r"cookie|consent|privacy|personal data|gdpr|tracking|newsletter|subscri|sign (?:up|in)|log ?in"
    r"|regist(?:er|ration)|already a member|free trial|ad ?block|advertis|unlimited access"
    r"|continue reading|notifications|datenschutz|einwillig|abonn|confidentialit|consentement",
    re.IGNORECASE,
)
"""Words of a notice."""

ASKS_CONSENT = re.compile(r"cookie|consent|your privacy|gdpr|einwillig|consentement", re.IGNORECASE)
"""Words beside a button to accept."""

SAYS_CONSENT = re.compile(
    r"(?:we|(?:this|the|our) (?:web)?site) (?:also )?(?:uses?|stores?|sets?) (?:\w+ )?cookies"
    r"|we (?:value|respect|care about) your (?:privacy|data)|we (?:and|with) our (?:\w+ )?partners"
    r"|by (?:continuing|using|browsing|clicking|accepting)[^.]{0,80}(?:cookie|privacy|consent)"
    r"|(?:your consent|your privacy (?:choices|settings)|manage (?:your )?(?:cookies|preferences))",
    re.IGNORECASE,
)
"""Words in which a site speaks of its own cookies."""

ACCEPTS = re.compile(
    r"(?:i |yes,? i |ok,? )?(?:accept|agree|allow|reject|refuse|decline|deny|got it|ok\b|okay"
    r"|alle akzeptieren|zustimmen|tout accepter|accepter|aceptar|accetta)",
    re.IGNORECASE,
)
"""Label, from its first letter, of a button by which a reader consents or refuses."""

MAX_LABEL_CHARACTERS = 40
"""Characters of such a label: `Accept all and continue to the site`."""

MAX_NOTICE_WORDS = 120
"""Words of a notice that is known by its words; those of a paywall have 20 to 60, and the first
part of an article behind one has more."""

MIN_NOTICE_WORDS = 5
"""Words of the shortest notice: `We use cookies. Read more.`"""

PIECE_CHARACTERS = 1000
"""Characters of a piece of text that are looked at: 120 words have fewer."""


def drop_overlays(tree: Any) -> None:
    """Take the notices that lie over a page from it; `tree` is lxml's root element."""
    notices = Notices(tree)
    found = dict.fromkeys(chain(notices.marked(), notices.asking()))
    outermost = [one for one in found if not any(above in found for above in one.iterancestors())]
    if outermost and says_more(tree, outermost):
        for element in outermost:
            element.drop_tree()


class Notices:
    """Elements of a page that are notices, and do not hold its article."""

    def __init__(self, tree: Any) -> None:
        self._tree = tree
        self._holders = holders_of_article(tree)
        self._around = around_article(tree)
        self._words: dict[Any, str | None] = {}

    def marked(self) -> Iterator[Any]:
        """Yield the elements that are notices by their markup or their names."""
        for element in self._tree.iter():
            if not isinstance(element.tag, str) or element in self._holders:
                continue
            names = names_of_element(element)
            if (
                any(map(CONSENT_NAME.search, names))
                or (is_dialog(element) and next(element.iter("h1"), None) is None)
                or (is_layer(element, names) and self._says(element, NOTICE))
                or (element in self._around and self._says(element, SAYS_CONSENT))
            ):
                yield element

    def asking(self) -> Iterator[Any]:
        """Yield the smallest elements around a button to accept that ask for consent in words."""
        for button in self._tree.iter("button", "a", "input"):
            pieces = chain([button.get("value") or ""], button.itertext())
            label = " ".join(islice(pieces, MAX_LABEL_CHARACTERS)).strip()
            if len(label) > MAX_LABEL_CHARACTERS or not ACCEPTS.match(label):
                continue
            for around in button.iterancestors():
                if around in self._holders or self._short_text(around) is None:
                    break
                if self._says(around, ASKS_CONSENT):
                    yield around
                    break

    def _says(self, element: Any, pattern: re.Pattern[str]) -> bool:
        """Return whether the words of an element are so few as those of a notice, and are some."""
        text = self._short_text(element) or ""
        return text.count(" ") >= MIN_NOTICE_WORDS - 1 and pattern.search(text) is not None

    def _short_text(self, element: Any) -> str | None:
        """Return the words of an element, None where they are too many for a notice."""
        if element not in self._words:
            self._words[element] = short_text(element)
        return self._words[element]


def holders_of_article(tree: Any) -> set[Any]:
    """Return the elements that hold an article by their markup, or all titles of the page."""
    found = {tree, *tree.iter("html", "body", "main", "article")}
    found |= {element for element in tree.iter() if element.get("itemprop") == "articleBody"}
    holders = {above for one in found for above in one.iterancestors()} | found
    around = [set(title.iterancestors()) for title in tree.iter("h1")]
    titled = set.intersection(*around) if around else set()
    return holders | {element for element in titled if not is_dialog(element)}


def around_article(tree: Any) -> set[Any]:
    """Return the blocks of a page that are beside its `main` or `article`; none where it has none.

    What is beside them and speaks of cookies is a notice, whatever its name.
    """
    within = {one for held in tree.iter("main", "article") for one in held.iter()}
    blocks = tree.iter("div", "section", "aside", "form", "footer", "p") if within else ()
    return {block for block in blocks if block not in within}


def is_dialog(element: Any) -> bool:
    """Return whether an element is a dialog by its markup."""
    return (
        element.tag == "dialog"
        or (element.get("role") or "").strip().lower() in {"dialog", "alertdialog"}
        or (element.get("aria-modal") or "").strip().lower() == "true"
    )


def is_layer(element: Any, names: list[str]) -> bool:
    """Return whether an element may lie over the page, by its markup or its names."""
    return is_dialog(element) or any(map(LAYER_NAME.search, names))


def short_text(element: Any) -> str | None:
    """Return the words that an element shows, None where they are too many for a notice."""
    words: list[str] = []
    for part in element.iter():
        shown = isinstance(part.tag, str) and part.tag not in {"script", "style", "template"}
        for piece in (part.text if shown else "", part.tail if part is not element else ""):
            words += (piece or "")[:PIECE_CHARACTERS].split()
        if len(words) > MAX_NOTICE_WORDS:
            return None
    return " ".join(words)


def says_more(tree: Any, dropped: list[Any]) -> bool:
    """Return whether a page has words besides those of some elements and of its navigation."""
    left_out = set(dropped)
    waiting = [tree]
    while waiting:
        element = waiting.pop()
        words = element.tail or "" if element is not tree else ""
        if element not in left_out and element.tag not in UNREAD and isinstance(element.tag, str):
            words += element.text or ""
            waiting += element
        if words.strip():
            return True
    return False


UNREAD = frozenset(["head", "nav", "footer", "script", "style", "template", "button"])
"""Elements whose words are no article."""
