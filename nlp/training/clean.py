"""Cleaning of texts before they are cut into word pieces.

The same steps, in the same order, as earshot/nlp/encoder's Clean (clean.go): a
model hears in production exactly what it heard in training. reference.py
writes digests over both; the Go tests compare them.
"""

import html.entities
import re
import unicodedata

# What counts as white space, spelt out: str.isspace and Go's unicode.IsSpace
# differ.
SPACE = "\t-\r\x1c- \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"

# A \u escape, or the two of a character beyond the first plane.
ESCAPE = re.compile(r"\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})|\\u([0-9a-fA-F]{4})")
ENTITY = re.compile(
    r"&(?:#([0-9]{1,7})(?![0-9]);?|#[xX]([0-9a-fA-F]{1,6})(?![0-9a-fA-F]);?|([A-Za-z][A-Za-z0-9]{1,30};?))"
)
LEGACY_MAX = 6  # letters of the longest name that HTML knows without its semicolon
BREAK = re.compile(f"<[bB][rR][{SPACE}]*/?>")
URL = re.compile(f"(?:[hH][tT][tT][pP][sS]?://|(?<![A-Za-z0-9])[wW][wW][wW]\\.)[^{SPACE}]+")
NAME = re.compile("@[A-Za-z0-9_\u00aa-\u1fff\u2c00-\u2dff\u3040-\ud7ff\uf900-\ufdff\U00020000-\U0003ffff]+")
SPACES = re.compile(f"[{SPACE}]+")

# The emoji of Unicode 15.0, without signs that are ordinary text (digits, ©,
# ®, ™, ‼, ℹ, arrows, Ⓜ, plain squares and triangles, 〰, ㊗, ㊙), without the
# letters of flags and without skin tones.
EMOJI = [
    (0x231A, 0x231B), (0x2328, 0x2328), (0x23CF, 0x23CF), (0x23E9, 0x23F3), (0x23F8, 0x23FA), (0x2600, 0x2604),
    (0x260E, 0x260E), (0x2611, 0x2611), (0x2614, 0x2615), (0x2618, 0x2618), (0x261D, 0x261D), (0x2620, 0x2620),
    (0x2622, 0x2623), (0x2626, 0x2626), (0x262A, 0x262A), (0x262E, 0x262F), (0x2638, 0x263A), (0x2640, 0x2640),
    (0x2642, 0x2642), (0x2648, 0x2653), (0x265F, 0x2660), (0x2663, 0x2663), (0x2665, 0x2666), (0x2668, 0x2668),
    (0x267B, 0x267B), (0x267E, 0x267F), (0x2692, 0x2697), (0x2699, 0x2699), (0x269B, 0x269C), (0x26A0, 0x26A1),
    (0x26A7, 0x26A7), (0x26AA, 0x26AB), (0x26B0, 0x26B1), (0x26BD, 0x26BE), (0x26C4, 0x26C5), (0x26C8, 0x26C8),
    (0x26CE, 0x26CF), (0x26D1, 0x26D1), (0x26D3, 0x26D4), (0x26E9, 0x26EA), (0x26F0, 0x26F5), (0x26F7, 0x26FA),
    (0x26FD, 0x26FD), (0x2702, 0x2702), (0x2705, 0x2705), (0x2708, 0x270D), (0x270F, 0x270F), (0x2712, 0x2712),
    (0x2714, 0x2714), (0x2716, 0x2716), (0x271D, 0x271D), (0x2721, 0x2721), (0x2728, 0x2728), (0x2733, 0x2734),
    (0x2744, 0x2744), (0x2747, 0x2747), (0x274C, 0x274C), (0x274E, 0x274E), (0x2753, 0x2755), (0x2757, 0x2757),
    (0x2763, 0x2764), (0x2795, 0x2797), (0x27B0, 0x27B0), (0x27BF, 0x27BF), (0x2B50, 0x2B50), (0x2B55, 0x2B55),
    (0x1F004, 0x1F004), (0x1F0CF, 0x1F0CF), (0x1F170, 0x1F171), (0x1F17E, 0x1F17F), (0x1F18E, 0x1F18E),
    (0x1F191, 0x1F19A), (0x1F201, 0x1F202), (0x1F21A, 0x1F21A), (0x1F22F, 0x1F22F), (0x1F232, 0x1F23A),
    (0x1F250, 0x1F251), (0x1F300, 0x1F321), (0x1F324, 0x1F393), (0x1F396, 0x1F397), (0x1F399, 0x1F39B),
    (0x1F39E, 0x1F3F0), (0x1F3F3, 0x1F3F5), (0x1F3F7, 0x1F3FA), (0x1F400, 0x1F4FD), (0x1F4FF, 0x1F53D),
    (0x1F549, 0x1F54E), (0x1F550, 0x1F567), (0x1F56F, 0x1F570), (0x1F573, 0x1F57A), (0x1F587, 0x1F587),
    (0x1F58A, 0x1F58D), (0x1F590, 0x1F590), (0x1F595, 0x1F596), (0x1F5A4, 0x1F5A5), (0x1F5A8, 0x1F5A8),
    (0x1F5B1, 0x1F5B2), (0x1F5BC, 0x1F5BC), (0x1F5C2, 0x1F5C4), (0x1F5D1, 0x1F5D3), (0x1F5DC, 0x1F5DE),
    (0x1F5E1, 0x1F5E1), (0x1F5E3, 0x1F5E3), (0x1F5E8, 0x1F5E8), (0x1F5EF, 0x1F5EF), (0x1F5F3, 0x1F5F3),
    (0x1F5FA, 0x1F64F), (0x1F680, 0x1F6C5), (0x1F6CB, 0x1F6D2), (0x1F6D5, 0x1F6D7), (0x1F6DC, 0x1F6E5),
    (0x1F6E9, 0x1F6E9), (0x1F6EB, 0x1F6EC), (0x1F6F0, 0x1F6F0), (0x1F6F3, 0x1F6FC), (0x1F7E0, 0x1F7EB),
    (0x1F7F0, 0x1F7F0), (0x1F90C, 0x1F93A), (0x1F93C, 0x1F945), (0x1F947, 0x1F9FF), (0x1FA70, 0x1FA7C),
    (0x1FA80, 0x1FA88), (0x1FA90, 0x1FABD), (0x1FABF, 0x1FAC5), (0x1FACE, 0x1FADB), (0x1FAE0, 0x1FAE8),
    (0x1FAF0, 0x1FAF8),
]

# Names that are newer than the tables of Python 3.11 and before.
NEWER = {
    0x1F6DC: "wireless",
    0x1FA75: "light blue heart",
    0x1FA76: "grey heart",
    0x1FA77: "pink heart",
    0x1FA87: "maracas",
    0x1FA88: "flute",
    0x1FAAD: "folding hand fan",
    0x1FAAE: "hair pick",
    0x1FAAF: "khanda",
    0x1FABB: "hyacinth",
    0x1FABC: "jellyfish",
    0x1FABD: "wing",
    0x1FABF: "goose",
    0x1FACE: "moose",
    0x1FACF: "donkey",
    0x1FADA: "ginger root",
    0x1FADB: "pea pod",
    0x1FAE8: "shaking face",
    0x1FAF7: "leftwards pushing hand",
    0x1FAF8: "rightwards pushing hand",
}

# Behind an emoji: variation selectors, skin tones, tags of regional flags,
# and joiners, with the sign of gender that one may join on. An emoji that is
# joined on keeps its name.
TAIL = "(?:[\ufe0e\ufe0f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]|\u200d[\u2640\u2642]?)*"
EMOJIS = re.compile(
    "([" + "".join(f"{chr(a)}-{chr(b)}" for a, b in EMOJI) + "])" + TAIL
    + "|([\U0001f1e6-\U0001f1ff]+)|[\ufe0e\ufe0f\u20e3]"
)


def _escape(m: re.Match) -> str:
    if m[1]:
        return chr(0x10000 + ((int(m[1], 16) - 0xD800) << 10) + (int(m[2], 16) - 0xDC00))
    n = int(m[3], 16)
    return "\ufffd" if 0xD800 <= n <= 0xDFFF else chr(n)


def _entity(m: re.Match) -> str:
    if m[3]:
        name = m[3]
        if name in html.entities.html5:
            return html.entities.html5[name]
        for n in range(min(len(name) - 1, LEGACY_MAX), 1, -1):
            if name[:n] in html.entities.html5:
                return html.entities.html5[name[:n]] + name[n:]
        return m[0]
    n = int(m[1]) if m[1] else int(m[2], 16)
    if 0x80 <= n <= 0x9F:  # Windows' characters, as browsers read them
        return bytes([n]).decode("cp1252", "replace").replace("\ufffd", chr(n))
    if n == 0 or 0xD800 <= n <= 0xDFFF or n > 0x10FFFF:
        return "\ufffd"
    return chr(n)


def _emoji(m: re.Match) -> str:
    if m[1]:
        return " " + (NEWER.get(ord(m[1])) or unicodedata.name(m[1]).lower()) + " "
    return " flag " if m[2] else ""


def clean(text: str) -> str:
    """The text as the encoder is to read it: escapes and entities undone,
    links and user names replaced, emoji in words, white space single."""
    text = ESCAPE.sub(_escape, text)
    text = text.replace('\\""', '"').replace('""', '"')
    text = ENTITY.sub(_entity, text)
    text = BREAK.sub(" ", text)
    text = URL.sub("http", text)
    text = NAME.sub("@user", text)
    if not text.isascii():
        text = EMOJIS.sub(_emoji, text)
    return SPACES.sub(" ", text).strip(' ').strip('"').strip(' ')
