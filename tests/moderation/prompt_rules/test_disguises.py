"""What must be caught in any disguise, and what must never be."""

import pytest

from bot.models.choices import Mode
from bot.moderation.prompt_rules.folding import fold
from bot.moderation.prompt_rules.rules import PromptRules
from bot.moderation.records import Applies, WordKind, WordRule

WORDS = ("spicy", "lolita", "boy", "ばか", "child", "straße", "naked child", "дети")

DISGUISES = [
    # case
    "SPICY", "sPiCy", "LoLiTa", "STRASSE", "ДЕТИ", "SPİCY",
    # width
    "ｓｐｉｃｙ", "ＳＰＩＣＹ", "ｓpｉcｙ", "ｌｏｌｉｔａ",
    # accents
    "spïcy", "śpíçÿ", "lólïtà", "chíld", "ṡṗịċẏ", "spicy\u0301", "s\u0338picy",
    "z̷̢̛a̷lgo s̷̨̛p̷̢i̷̧c̷̨y̷̛", "s⃝p⃝i⃝c⃝y⃝", "stra\u0301ße",
    # width and accents together
    "ｓpïcy", "ＬÓＬＩＴＡ",
    # look-alikes: Cyrillic, Greek, Armenian, Cherokee, mathematical, letter-like
    "ѕрісу", "lоlіtа", "bоу", "сhіld", "sρicy", "spιcy", "ѕpicy", "spіcy", "ⅼolita",
    "𝐬𝐩𝐢𝐜𝐲", "𝑠𝑝𝑖𝑐𝑦", "𝓼𝓹𝓲𝓬𝔂", "𝔰𝔭𝔦𝔠𝔶", "𝕤𝕡𝕚𝕔𝕪", "𝗌𝗉𝗂𝖼𝗒", "𝚜𝚙𝚒𝚌𝚢", "ℓolita",
    "spıcy", "ꜱᴘɪᴄʏ", "ʙᴏʏ",
    # letters in shapes, raised letters, flags
    "ⓢⓟⓘⓒⓨ", "ⓈⓅⒾⒸⓎ", "🅂🄿🄸🄲🅈", "🆂🅿🅸🅲🆈", "🅢🅟🅘🅒🅨", "⒮⒫⒤⒞⒴", "ˢᵖⁱᶜʸ", "🇸🇵🇮🇨🇾",
    # invisible characters
    "s\u200bp\u200bi\u200bc\u200by", "sp\u00adicy", "spi\u200dcy", "s\u2060picy",
    "spi\ufeffcy", "s\u034fpicy", "sp\ufe0ficy", "spic\u180ey", "s\u3164picy",
    "l\u202eolita", "s\U000e0020picy", "spi\u200ccy", "b\u2800oy",
    # digits and signs for letters
    "sp1cy", "5picy", "$picy", "l0lita", "lol1ta", "1olita", "l01!ta", "ch1ld", "b0y",
    "ch!ld", "|olita",
    # spelled out
    "s p i c y", "s.p.i.c.y", "s-p-i-c-y", "l_o_l_i_t_a", "b o y",
    # between other words, with punctuation, over lines
    "a very spicy, cat", "(spicy)", "“spicy”", "spicy!!!", "*spicy*", "`spicy`",
    "naked   child", "naked\nchild", "NAKED ⓒⓗⓘⓛⓓ",
    # scripts without spaces: inside a text
    "あいつはばかだ", "ﾊﾞカばか",
]  # fmt: skip

HARMLESS = [
    # German
    "Ein schöner Sommertag an der Nordsee", "Die Spitze des Eisbergs", "würzige Suppe",
    "Größenwahn im Märchenschloss", "Ein Bäcker knetet den Teig", "Fußball im Regen",
    "Die Straßenbahn fährt durch die Nacht", "Der Fluß rauscht", "süße Kätzchen",
    "Übermut tut selten gut", "Ärger im Büro", "Öl auf Leinwand", "ein Boykott",
    # Turkish
    "Işıklı bir İstanbul gecesi", "Çocukluğumdan kalan bir sokak", "ılık bir rüzgâr",
    "Şişli'de yağmur", "Bir cilt kremi reklamı", "Ağaçların altında çay", "İyi geceler",
    "Üç güzel kedi", "Boya kutusu", "yıldızlı gökyüzü",
    # Japanese
    "桜の下を歩く猫", "東京の夜景", "はかた駅の朝", "ラーメンを食べるロボット",
    "雨の中の電車", "ガンダムみたいなロボット", "富士山と雲海", "ば か",
    "空を飛ぶクジラ", "カフェでくつろぐ犬", "はがきを書く老人",
    # emoji and signs
    "🌶️ on a plate", "👨‍👩‍👧‍👦 at the beach", "🐈‍⬛ and 🦊", "❤️‍🔥 sunset",
    "🇩🇪🇫🇷 flags in the wind",
    "¯\\_(ツ)_/¯", "👍🏽 thumbs up", "a → b → c", "5 + 5 = 10", "100 % cotton",
    # names
    "Siobhán O'Connor playing chess", "Zoë walks her dog", "José and Núria cook",
    "Björk-like music in the mountains", "Łukasz paints a wall", "Søren on a bike",
    "Nguyễn Văn An fishing", "Đorđe with a kite", "Çağla at the sea", "Renée smiles",
    "Владимир пьёт чай", "Αθηνά στο βουνό", "Ömer rides a horse",
    # words that hold one of the rules, or nearly do
    "a boycott in the town", "spicyness measured in units", "boyant balloons",
    "a cowboy at dawn", "children's books are not this word", "Scunthorpe at night",
    "unspicy soup", "a childless planet", "lolitas are not this word either",
    "7up and mp3 players in 1999", "a b c d e f g", "x = 10, y = 20", "C3PO and R2D2",
    "дет сад", "ein kleines Hallo",
]  # fmt: skip


def rules() -> PromptRules:
    return PromptRules.of(
        [
            WordRule(pattern=word, kind=WordKind.WORD, applies=Applies.ALWAYS)
            for word in WORDS
        ],
        Mode.NORMAL,
    )


def test_there_are_enough_of_both() -> None:
    assert len(set(DISGUISES)) == len(DISGUISES) >= 60
    assert len(set(HARMLESS)) == len(HARMLESS) >= 60


@pytest.mark.parametrize("disguise", DISGUISES)
def test_a_disguise_is_caught(disguise: str) -> None:
    assert rules().offended_by(disguise)
    assert rules().offended_by(f"please show a {disguise} in the sun")


@pytest.mark.parametrize("prompt", HARMLESS)
def test_a_harmless_prompt_passes(prompt: str) -> None:
    assert not rules().offended_by(prompt)


@pytest.mark.parametrize("text", [*DISGUISES, *HARMLESS])
def test_folding_twice_is_folding_once(text: str) -> None:
    """A pattern copied from a folded text must still be itself."""
    assert fold(fold(text)) == fold(text)
