"""Notices over web pages lose against the article, however short it is."""

import pytest

from plait.index.reading.webpage import read_webpage

CONSENT = (
    "<p>We use cookies and similar technologies to keep this site working, to measure how it is "
    "used and to show advertising that fits you. You can accept all cookies, refuse them, or "
    "choose in the settings. Read more in our privacy policy.</p><button>Accept all</button>"
)
WALL = (
    "<h2>Subscribe to continue reading</h2><p>This story is for subscribers. Get unlimited access "
    "for 1 a month, and cancel whenever you like. Already a subscriber? Log in.</p>"
)
LETTER = (
    "<h3>Our newsletter</h3><p>Sign up for our newsletter and get the five best stories of the "
    "day in your inbox each morning.</p><form><input type='email'></form>"
)
WAVES = "The ferry to the island stopped on Friday because of high waves."
SHORT = f"<h1>Ferry stopped</h1><p>{WAVES}</p>"
ARTICLES = {
    "article": f"<main><article>{SHORT}</article></main>",
    "main": f"<main>{SHORT}</main>",
    "neither": f'<div id="content">{SHORT}</div>',
    "a paragraph more": f"<article>{SHORT}<p>It will sail again on Monday.</p></article>",
}
NOTICES = {
    "cookie banner": f'<div id="cookie-banner" class="cookie-consent">{CONSENT}</div>',
    "dialog by role": f'<div role="dialog">{CONSENT}</div>',
    "alert": f'<section role="alertdialog"><h1>Your privacy</h1>{CONSENT}</section>',
    "modal": f'<div aria-modal="true">{CONSENT}</div>',
    "dialog": f"<dialog open>{WALL}</dialog>",
    "overlay": f'<div class="overlay">{CONSENT}</div>',
    "OneTrust": f'<div id="onetrust-consent-sdk"><div>{CONSENT * 4}</div></div>',
    "Didomi": f'<div id="didomi-host"><div class="a">{CONSENT}</div></div>',
    "Cookiebot": f'<div id="CybotCookiebotDialog">{CONSENT}</div>',
    "Quantcast": f'<div class="qc-cmp2-container">{CONSENT}</div>',
    "no name": f'<div class="x81">{CONSENT}</div>',
    "a link": f"<div><!-- x --><p>This site stores cookies on your device.</p><a>Got it</a></div>",  # noqa: F541
    "paywall": f'<div class="paywall">{WALL}</div>',
    "Piano": f'<section class="tp-modal">{WALL}</section>',
    "newsletter": f'<div class="newsletter-popup">{LETTER}</div>',
}


def text_of(body: str) -> str:
    """Return the text of a page."""
    head = "<head><title>Ferry stopped</title></head>"
    return read_webpage(f"<html>{head}<body>{body}</body></html>".encode()).text


@pytest.mark.parametrize("article", ARTICLES.values(), ids=ARTICLES)
@pytest.mark.parametrize("notice", NOTICES.values(), ids=NOTICES)
def test_a_notice_is_no_part_of_a_page(article: str, notice: str) -> None:
    """Before the article and after it, the article alone is read."""
    alone = text_of(article)
    assert WAVES in alone
    assert text_of(notice + article) == text_of(article + notice) == alone


@pytest.mark.parametrize(
    "page",
    [
        f'<div class="modal">{SHORT}</div>',
        f'<div role="dialog"><article>{SHORT}</article></div>',
        f'<div class="paywall"><article>{SHORT}</article></div>',
        f'<body class="cookie-banner-shown modal-open"><div id="overlay">{SHORT}</div>',
        f'<div class="has-cookie-notice"><div itemprop="articleBody"><p>{WAVES}</p></div></div>',
    ],
)
def test_what_holds_the_article_stays(page: str) -> None:
    """Whatever its names are."""
    assert WAVES in text_of(f"<nav><a href='/'>Home</a></nav>{page}")


def test_an_article_about_cookies_is_read() -> None:
    """Words of notices, and names of its tags, are no reason to leave a paragraph out."""
    told = "The court ruled that consent to cookies must be given freely, a win for privacy."
    page = f'<article class="tag-cookies"><h1>Ruling</h1><div class="gallery">{SHORT}</div>'
    assert told in text_of(f"{page}<p class='overlay-lead'>Rain fell.</p><p>{told}</p></article>")
    assert told in text_of(f"<div class='cookies'><p>{told}</p></div>")


def test_navigation_is_no_part_of_a_short_article() -> None:
    """Of a page with one sentence, that sentence is read."""
    menu = "<nav><a href='/'>Home</a> <a href='/world'>World news</a></nav>"
    footer = "<footer><p>All rights reserved, 2019.</p></footer>"
    for article in ARTICLES.values():
        assert text_of(menu + article + footer) == text_of(article)


def test_a_short_article_keeps_its_paragraphs() -> None:
    """Captions and the title are left out of it."""
    figure = "<figure><img src='x.jpg' alt='Zoo'><figcaption>Gate. Photo: A. Roe</figcaption>"
    second = "She had been asked for a plan by the council in spring, and <b>she said</b> that "
    second += "it would be ready by the end of the year."
    page = f"<article><h1>Ferry stopped</h1><p>The mayor spoke.</p><p>{second}</p>{figure}</figure>"
    expected = f"The mayor spoke.\n{second}".replace("<b>", "").replace("</b>", "")
    assert text_of(f"{page}</article>") == expected
    assert text_of(f"<main>{page}</article></main>") == expected


def test_a_short_article_keeps_its_lists_and_quotes() -> None:
    """Each is a paragraph of its own."""
    page = "<h1>Ferry stopped</h1><p>Two boats:</p><ul><li>Alder</li><li>Birch</li></ul>"
    assert text_of(f"<article>{page}<blockquote>No boat today.</blockquote></article>") == (
        "Two boats:\nAlder\nBirch\nNo boat today."
    )


PARTNERS = (
    "<p>We value your privacy. We and our partners store and access information on a device and "
    "process personal data, such as identifiers and standard information sent by a device, for "
    "advertising and content measurement, audience research and the development of services. With "
    "your permission we may use precise location data. You may change your mind at any time.</p>"
)
COOKIES = (
    "<p>This website uses cookies to remember your choices and to count its visitors. Those that "
    "are needed for its work are always on, and you may switch off all the others whenever you "
    "want. By continuing to browse you agree to our use of cookies, as our policy tells you.</p>"
)


@pytest.mark.parametrize("article", ["article", "main", "a paragraph more"])
@pytest.mark.parametrize(
    "notice",
    [
        f'<div class="banner">{PARTNERS}</div>',
        f'<div class="banner">{COOKIES}</div>',
        f'<section id="bottom-bar"><div class="content">{PARTNERS}</div></section>',
        f'<aside class="notice">{COOKIES}</aside>',
        f"<footer>{COOKIES}<p>The Paper</p></footer>",
        COOKIES,
    ],
)
def test_a_notice_without_a_button_is_beside_the_article(notice: str, article: str) -> None:
    """It says what it is, under any name; it is no part of the page."""
    alone = text_of(ARTICLES[article])
    assert text_of(notice + ARTICLES[article]) == text_of(ARTICLES[article] + notice) == alone


def test_an_article_about_cookies_is_no_notice() -> None:
    """What an article quotes stays, and what is all that a page says."""
    quoted = f'<article>{SHORT}<div class="banner">{PARTNERS}</div></article>'
    assert "We value your privacy" in text_of(quoted)
    assert "This website uses cookies" in text_of(f'<div class="banner">{COOKIES}</div>')
