# ruff: noqa: RUF001  # letters that look like others are the point
# ruff: noqa: SIM905  # a line of words reads better than a list of quoted ones
"""Made-up handles, nicknames and bios, with every kind of text that broke a pipeline of this sort.

Here: text from integers. Not here: who carries it (`population`). Shares: measured (non-ASCII nicknames
14-36 %, emoji 3-24 %, default handle `user<digits>` 2-3 %; of the bios that are not empty, line breaks
8 %, commas 4 %, a leading = + - @ 0.2-0.4 %); texts: none is a person's.
"""

import bisect
import itertools

_ADJECTIVES = (
    "amber brisk cosy damp early fuzzy gentle hollow indigo jolly keen lunar mellow noisy olive paper quiet "
    "rusty silver tidy umber violet wooden zesty"
).split()
_NOUNS = (
    "anchor basket candle dumpling engine feather goggles harbour inkwell jigsaw kettle lantern magnet noodle "
    "otter pancake quilt radish saddle teapot umbrella vessel walnut yogurt zipper"
).split()
_EMOJI = ("🌸", "🔥", "😂", "✨🌙", "🇯🇵", "👍🏽", "❤️", "🐙🐙")
_JOINED_EMOJI = ("👩\u200d🍳", "👨\u200d👩\u200d👧\u200d👦", "🏳️\u200d🌈", "🧑🏿\u200d🚀")
_RIGHT_TO_LEFT = ("مصباح صغير", "غيمة", "ענן קטן", "\u202eפנס\u202c", "قهوة ☕")
_EAST_ASIAN = ("小さな灯台", "云朵面条", "종이배", "ロケット")
_ACCENTED = ("Théière", "Żółw", "Çaydanlık", "Фонарик", "Cà phê", "Ñandú")
_FANCY = ("𝓽𝓮𝓪𝓹𝓸𝓽", "ꜱᴀᴅᴅʟᴇ", "Z̷o̷d̷", "ｗｉｄｅ")
_LOOKALIKES = ("null", "NaN", "true", "None", "0", "00123", "1e5", "N/A", "7.42e+18")

_PLAIN = ("{Adjective} {Noun}",)
_NICKNAME_KINDS: tuple[tuple[float, tuple[str, ...]], ...] = (
    (0.140, ("{adjective}{noun}",)),
    (0.100, ("{Noun}",)),
    (0.070, ("{handle}",)),
    (0.100, tuple("{Noun} " + emoji for emoji in _EMOJI)),
    (0.015, tuple(emoji + "{noun}" for emoji in _JOINED_EMOJI)),
    (0.030, _RIGHT_TO_LEFT),
    (0.030, _EAST_ASIAN),
    (0.050, tuple(word + " {noun}" for word in _ACCENTED)),
    (0.020, _FANCY),
    (0.012, ("{Noun}, {adjective}", "{Adjective},{Noun},", ",")),
    (0.008, ('"{Adjective}" {Noun}', "{noun}'s {noun}", '{Noun} 5" "')),
    (0.005, ("{Adjective}\n{Noun}", "{Noun}\r\n{adjective}", "{Noun}\n")),
    (0.003, ('=HYPERLINK("{noun}")', "+{noun}", "-{noun}", "@{noun}", "=1+1")),
    (0.005, ("",)),
    (0.003, _LOOKALIKES),
    (0.004, ("  {Noun} ", "{adjective}\t{noun}", "{adjective}\\{noun}", "{noun};{noun}", "{noun}|{noun}")),
)
_BIO_KINDS: tuple[tuple[float, tuple[str, ...]], ...] = (
    (0.080, ("{Adjective} {noun}\nmore {noun}", "{Noun}\n\n{adjective}", "{noun}\r\n{noun}")),
    (0.040, ("{Noun}, {adjective}, {noun}", "{noun}s, mostly")),
    (0.020, ('"{Adjective} {noun}"', "the {noun}'s {noun}")),
    (0.003, ("={noun}", "+{noun}", "-{noun}", "@{noun}")),
    (0.150, tuple("{Adjective} {noun} " + emoji for emoji in _EMOJI)),
    (0.050, ("{Adjective} {noun} and {adjective} {noun} under the {noun} by the {adjective} {noun} " * 2,)),
)
_NICKNAME_EDGES = tuple(itertools.accumulate(share for share, _ in _NICKNAME_KINDS))
_BIO_EDGES = tuple(itertools.accumulate(share for share, _ in _BIO_KINDS))
_NICKNAME_LENGTH = 32
_BIO_LENGTH = 160
_DIGITS_36 = "0123456789abcdefghijklmnopqrstuvwxyz"
_ONE_DEFAULT_HANDLE_IN = 40


def handle_of(serial: int) -> str:
    """Return a handle of 2 to 24 characters `[a-z0-9._]` for a serial number below 2**32.

    The part after the last separator spells the serial number, so two people never share a handle.
    """
    if serial % _ONE_DEFAULT_HANDLE_IN == 0:
        return f"user{7_000_000_000_000 + serial}"
    adjective, noun = _words(serial)
    first, second = ("._", "_.", "..", "__")[serial % 4]
    return f"{adjective}{first}{noun[:8]}{second}{_base_36(serial)}"


def nickname_of(kind: float, number: int, handle: str) -> str:
    """Return a nickname of 0 to 32 characters; `kind` in [0, 1) picks the sort, `number` the words."""
    return _text(_NICKNAME_KINDS, _NICKNAME_EDGES, kind, number, handle)[:_NICKNAME_LENGTH]


def bio_of(kind: float, number: int) -> str:
    """Return a bio of 1 to 160 characters; `kind` in [0, 1) picks the sort, `number` the words."""
    return _text(_BIO_KINDS, _BIO_EDGES, kind, number, "")[:_BIO_LENGTH]


def _text(
    kinds: tuple[tuple[float, tuple[str, ...]], ...],
    edges: tuple[float, ...],
    kind: float,
    number: int,
    handle: str,
) -> str:
    """Fill a template of the kind whose share `kind` falls into; beyond all shares, a plain one."""
    place = bisect.bisect_right(edges, kind)
    templates = kinds[place][1] if place < len(kinds) else _PLAIN
    adjective, noun = _words(number)
    return templates[number // 1009 % len(templates)].format(
        adjective=adjective, noun=noun, Adjective=adjective.title(), Noun=noun.title(), handle=handle
    )


def _words(number: int) -> tuple[str, str]:
    """Return an adjective and a noun; few enough that nicknames repeat, as they do."""
    return _ADJECTIVES[number % len(_ADJECTIVES)], _NOUNS[number // 31 % len(_NOUNS)]


def _base_36(number: int) -> str:
    """Spell a non-negative number in digits and lower-case letters."""
    digits = ""
    while True:
        number, digit = divmod(number, 36)
        digits = _DIGITS_36[digit] + digits
        if number == 0:
            return digits
