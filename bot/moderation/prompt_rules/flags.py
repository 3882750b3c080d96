"""Regional indicators: pairs of letters that are shown as the flag of a country."""

import re

_LISTED = (
    # ISO 3166
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM "
    "BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX "
    "CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG "
    "GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR "
    "IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV "
    "LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE "
    "NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO "
    "RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF "
    "TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF "
    "WS YE YT ZA ZM ZW "
    # The other flags in Unicode's list of emoji (UTS #51).
    "AC CP CQ DG EA EU IC TA UN XK"
)
COUNTRIES = frozenset(_LISTED.split())

_A, _Z = 0x1F1E6, 0x1F1FF
_ONE = f"[{chr(_A)}-{chr(_Z)}]"
_RUN = re.compile(f"{_ONE}+")
_PAIR = re.compile(f"({_ONE}{{2}})(?={_ONE})")
_BESIDE_LETTERS = re.compile(rf"(?<=\w){_ONE}+|(?<!{_ONE}){_ONE}++(?=\w)")


def with_letters(text: str) -> str:
    """Return a text with regional indicators as letters where they are no flags.

    A row of them is flags if each pair of it is a country's; any other is a word.
    """
    return _RUN.sub(lambda run: run[0] if _is_flags(run[0]) else _letters(run[0]), text)


def with_joined_letters(folded: str) -> str:
    """Return a folded text with flags that touch a word as letters of that word."""
    return _BESIDE_LETTERS.sub(lambda run: _letters(run[0]), folded)


def set_apart(text: str) -> str:
    """Return a text with spaces between flags, so that none begins within another."""
    return _PAIR.sub(r"\1 ", text)


def _is_flags(run: str) -> bool:
    letters = _letters(run).upper()
    return {letters[at : at + 2] for at in range(0, len(letters), 2)} <= COUNTRIES


def _letters(run: str) -> str:
    return "".join(chr(ord("a") + ord(char) - _A) for char in run)
