"""Numbers of an experiment written as text.

Plain text throughout; whoever puts it into HTML escapes it.
"""

from plait.index.summary import counted

MINUS = "\N{MINUS SIGN}"
NARROW = "\N{NARROW NO-BREAK SPACE}"
ALPHA = 0.05
"""Level of significance: Fisher's habit, and the field's."""


def value(number: float) -> str:
    """Write a value of a measure, to 4 digits.

    >>> value(0.43219)
    '0.4322'
    """
    return f"{number:.4f}"


def signed(number: float) -> str:
    """Write a difference with its sign; 0 is neither a gain nor a loss.

    >>> signed(0.03), signed(0.0)
    ('+0.0300', '0.0000')
    """
    text = f"{abs(number):.4f}"
    if float(text) == 0:
        return text
    return f"{'+' if number > 0 else MINUS}{text}"


def interval(low: float, high: float) -> str:
    """Write an interval.

    >>> interval(0.01, 0.05)
    '[+0.0100, +0.0500]'
    """
    return f"[{signed(low)}, {signed(high)}]"


def probability(p: float) -> str:
    """Write a p value, no finer than it was simulated.

    >>> probability(0.0213), probability(0.0001)
    ('p = 0.021', 'p < 0.001')
    """
    return f"p = {p:.3f}" if p >= 0.0005 else "p < 0.001"  # noqa: PLR2004 - what rounds to 0.001


def count(number: int, noun: str) -> str:
    """Write how many of something there are.

    >>> count(1, "topic"), count(2, "topic")
    ('1 topic', '2 topics')
    """
    return counted(number, noun).replace(",", NARROW)


def grouped(number: int) -> str:
    """Write a whole number with its thousands apart.

    >>> grouped(12345) == f"12{NARROW}345"
    True
    """
    return f"{number:,}".replace(",", NARROW)


def milliseconds(seconds: float) -> str:
    """Write a time to three digits.

    >>> milliseconds(0.01234), milliseconds(1.5)
    ('12.3 ms', '1500 ms')
    """
    number = seconds * 1000
    return f"{number:.{2 if number < 10 else 1 if number < 100 else 0}f} ms"  # noqa: PLR2004


def shortened(text: str, length: int = 140) -> str:
    """Cut a long text, for a hover that fits on the screen.

    >>> shortened("peace treaty", 6)
    'peace…'
    """
    return text if len(text) <= length else f"{text[: length - 1].rstrip()}…"
