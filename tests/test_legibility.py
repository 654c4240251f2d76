"""Languages that a model does not know: told from its word pieces, with no false alarm."""

import numpy as np
import pytest
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from plait.index.article import Article
from plait.index.language.analyzer import TextAnalyzer
from plait.index.local.builder import Builder
from plait.index.local.manifest import read_manifest
from plait.index.models.encoder import Encoder
from plait.index.models.legibility import Legibility, illegible
from plait.index.models.word_pieces import WordPieces
from plait.search.index import Index

UNKNOWN = {
    "Arabic": "التقى وزيرا البلدين في جنيف ووقعا معاهدة سلام بعد محادثات استمرت شهورا.",
    "Chinese": "两国部长在日内瓦会面，经过数月的岛屿谈判后签署了和平条约，渔民们表示欢迎。",
    "Greek": "Οι υπουργοί των δύο χωρών συναντήθηκαν στη Γενεύη και υπέγραψαν συνθήκη ειρήνης.",
    "Hindi": "दोनों देशों के मंत्रियों ने जिनेवा में मुलाकात की और शांति संधि पर हस्ताक्षर किए।",
    "Japanese": "両国の大臣はジュネーブで会談し、数か月にわたる交渉の末、平和条約に署名した。",
    "Korean": "양국 장관들은 제네바에서 만나 수개월간의 협상 끝에 평화 조약에 서명했다.",
    "Russian": "Министры обеих стран встретились в Женеве и подписали мирный договор об островах.",
    "Thai": "รัฐมนตรีของทั้งสองประเทศพบกันที่เจนีวาและลงนามในสนธิสัญญาสันติภาพ",
    "German": "Die Minister der beiden Länder trafen sich in Genf und unterzeichneten nach "
    "monatelangen Gesprächen über die Inseln einen Friedensvertrag.",
    "Polish": "Ministrowie obu krajów spotkali się w Genewie i po wielomiesięcznych rozmowach "
    "w sprawie wysp podpisali traktat pokojowy.",
    "Turkish": "İki ülkenin bakanları Cenevre'de bir araya geldi ve adalar hakkında aylarca "
    "süren görüşmelerin ardından barış anlaşması imzaladı.",
    "Vietnamese": "Bộ trưởng của hai nước đã gặp nhau tại Genève và ký hiệp ước hòa bình sau "
    "nhiều tháng đàm phán về các hòn đảo.",
    "Korean in English": "The summit was covered at length: 양국 장관들은 제네바에서 만나 협상 "
    "끝에 평화 조약에 서명했다.",
}
KNOWN = {
    "plain": "Two ministers met in Geneva and signed a treaty after months of talks.",
    "formula": "If α + β = γ and Δx → 0, then f(x) = a x² + b x + c; ∂f/∂x = 2 a x + b for all x.",
    "genes": "BRCA1, TP53 and IL-6 rose; TGF-β, NF-κB and p38 MAPK did not (p < 0.05, n = 12).",
    "code": "def load(path):\n    with open(path) as file:\n        return json.load(file)",
    "table": "Q1 | 12.5 | 14.0\nQ2 | 13.1 | 15.2\nRevenue, in millions of dollars, by quarter",
    "codes": "SKU-123456 | bolt M8 | 12.30 EUR | qx12345\n"
    "SKU-123457 | nut M10 | 2.10 EUR | qx12346\nSKU-123458 | pin M4 | 0.30 EUR | qx12347\n" * 3,
    "names": "Xi Jinping met Recep Tayyip Erdoğan and Łukasz Piebiak; they spoke of trade.",
    "quotation": "The Russian word перестройка means rebuilding, and гласность means openness.",
    "one word": "Привет",
    "letters": "A B C D E F G H I J K L M N O P Q R S T U V W X Y Z a b c d e f g h",
    "nothing": "",
    "emoji": "🙂 🙃 🙂 🙃 🙂 🙃 🙂 🙃 🙂 🙃 🙂 🙃 🙂 🙃 🙂 🙃 🙂 🙃 🙂 🙃 🙂 🙃",
}


def verdicts(texts: list[str], encoder: Encoder) -> list[int]:
    """Judge texts by an encoder's word pieces."""
    found: list[int] = illegible(texts, [encoder.word_pieces(t) for t in texts]).tolist()
    return found


@pytest.mark.parametrize("text", UNKNOWN.values(), ids=UNKNOWN)
def test_what_the_default_model_does_not_know(text: str, encoder: Encoder) -> None:
    """Unknown pieces, spelt words, scraps of words."""
    assert verdicts([text], encoder) == [1]


@pytest.mark.parametrize("text", KNOWN.values(), ids=KNOWN)
def test_english_raises_no_alarm(text: str, encoder: Encoder) -> None:
    """Nor do formulas, names, tables, code, and what is too short to tell."""
    assert verdicts([text], encoder) == [0]


def test_the_seeds_are_legible(seeds: Index) -> None:
    """Every passage of them, and the manifest says so."""
    (entry,) = read_manifest(seeds.root).segments
    assert (entry.illegible, entry.passages > 150) == (0, True)


def test_neighbours_do_not_matter(encoder: Encoder) -> None:
    """A text is judged alike by itself and among hundreds, empty ones included."""
    texts = [*UNKNOWN.values(), *KNOWN.values()] * 9
    alone = [verdict for text in texts for verdict in verdicts([text], encoder)]
    assert verdicts(texts, encoder) == alone
    assert sum(alone) == 9 * len(UNKNOWN)
    assert verdicts([], encoder) == []


def test_passages_are_judged_each_by_itself(encoder: Encoder) -> None:
    """Pieces of an article go to the passage that they lie in."""
    pieces = encoder.word_pieces("Peace. Мир!")
    assert pieces.within(7, 11).spans.tolist() == [[0, 1], [1, 2], [2, 3], [3, 4]]
    assert pieces.within(0, 6).spans.tolist() == [[0, 5], [5, 6]]
    assert not len(pieces.within(6, 7).spans)


# Multilingual tokenizers in small: the models that they stand for are too large for a test.


def by_word_pieces(words: str) -> Tokenizer:
    """Cut as multilingual BERT does: signs of Chinese by themselves, other words in pieces."""
    vocabulary = {piece: n for n, piece in enumerate(["[UNK]", *words.split()])}
    tokenizer = Tokenizer(models.WordPiece(vocabulary))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=False)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return tokenizer


def by_sentence_pieces(pieces: str) -> Tokenizer:
    """Cut as XLM-R does: a blank belongs to the piece after it."""
    vocabulary = [("<unk>", 0.0), ("▁", -9.0), *((piece, -1.0) for piece in pieces.split())]
    tokenizer = Tokenizer(models.Unigram(vocabulary, 0, byte_fallback=False))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()]
    )
    return tokenizer


def by_bytes() -> Tokenizer:
    """Cut as RoBERTa does where it has no better piece: byte by byte."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(models.BPE({sign: n for n, sign in enumerate(alphabet)}, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    return tokenizer


CHINESE = "两国部长在日内瓦会面并签署了关于岛屿的和平条约"


@pytest.mark.parametrize(
    ("tokenizer", "text", "verdict"),
    [
        (by_word_pieces(" ".join(CHINESE)), CHINESE, 0),
        (by_word_pieces(" ".join(CHINESE[:6])), CHINESE, 1),
        (by_word_pieces("мини ##стр ##ы под ##писа ##ли до ##говор"), "министры подписали " * 2, 0),
        (by_word_pieces("трак ##тат ##ы под ##писа ##ли"), "трактаты подписали договор " * 2, 0),
        (by_word_pieces("м ##и ##н ##с ##т ##р ##ы"), "министры министры министры", 1),
        (by_word_pieces("về hai ký đã ăn"), "về hai ký đã ăn " * 8, 0),
        (by_word_pieces("hi ##ệp ư ##ớc cá ##c đ ##ảo"), "hiệp ước các đảo " * 8, 1),
        (by_sentence_pieces(" ".join(CHINESE)), CHINESE, 0),
        (by_sentence_pieces(" ".join(CHINESE[:6])), CHINESE, 1),
        (by_sentence_pieces("▁мини стры ▁под писали"), "министры подписали министры", 0),
        (
            by_sentence_pieces("の は を に ▁条約 署名 した 日本"),
            "条約の日本は日本を条約に署名した" * 2,
            0,
        ),
        (by_bytes(), CHINESE, 1),
        (by_bytes(), "министры подписали договор", 1),
    ],
)
def test_multilingual_vocabularies(tokenizer: Tokenizer, text: str, verdict: int) -> None:
    """Single signs of Chinese are words; single letters, bytes and unknown pieces are none."""
    cut = tokenizer.encode(text, add_special_tokens=False)
    ids = [tokenizer.token_to_id(name) for name in ("[UNK]", "<unk>")]
    unknown = np.isin(cut.ids, [number for number in ids if number is not None])
    assert illegible([text], [WordPieces.of(cut.offsets, unknown)]).tolist() == [verdict]


def test_a_notice_is_for_a_real_share() -> None:
    """A tenth of the passages, and three at least; what is not known does not count."""
    for passages, found, worth in [(0, 0, 0), (2, 2, 0), (3, 3, 1), (99, 9, 0), (99, 10, 1)]:
        read = Legibility()
        read.add(passages - 1, found)
        read.add(1, 0)
        read.add(500, None)
        assert bool(read.notice("tiny")) == worth
    assert read.notice("tiny").startswith("10 of 99 passages are in a language or script that tiny")


def test_what_is_judged_is_what_is_stored(encoder: Encoder) -> None:
    """A builder's segment has a verdict for each passage, the title apart."""
    articles = [
        Article("mixed", "Мирный договор", f"{KNOWN['plain'] * 30}\n{UNKNOWN['Russian'] * 9}"),
        Article("title", UNKNOWN["Russian"], ""),
    ]
    data = Builder(encoder, TextAnalyzer()).segment(articles, [])
    assert data.illegible is not None
    cyrillic = [
        sum(c > "\u0400" for c in articles[0].text[start:end]) > (end - start) / 2
        for start, end in data.spans[:-1].tolist()
    ]
    assert data.illegible.tolist() == [*cyrillic, 0]
    assert 0 < sum(cyrillic) < len(cyrillic)
