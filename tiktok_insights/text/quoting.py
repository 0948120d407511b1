"""What a message may quote of a text from elsewhere: known words, and no person, no key.

Messages end in Dagster's events, in logs and in the ledger, in which no one could delete a person's data. So whoever
quotes a body, a cell or another program's error in a message quotes it through here. How it reads on a terminal belongs
in `printable`; the ID of a user in a check, in `checks.pseudonym`.
"""

import re
from collections.abc import Collection

from tiktok_insights.schema import COLUMNS, CSV_HEADER

#: Stands for what is not quoted.
HIDDEN = "…"
#: The words of errors: of RapidAPI, of the API, of web servers and of warehouses.
_WORDS = frozenset(
    """
    a access account active again allowed already an and another any api apikey app are argument array as assigned
    at audience authentication authorization authorized available bad banned basic be because been blocked body
    boolean busy but by bytes call can cannot captcha character charset check client code column com company
    compilation connection contact content controls could credential credentials current daily data date deadlock
    denied disabled dml docs doctype does doesn down due duplicate during each early empty en encoded encoding end
    endpoint error errors exceeded exist exists expired expression failed false file find for forbidden format found
    from gateway get go grant granted grants group has have head header held hidden html http https human id
    identifier if in info information input insufficient integer internal into invalid is it its json key keys lang
    later length limit limits line list load lock locked locks login long longer maintenance many matching max
    maximum message meta method min minute missing monitor monthly more moved must name network next no not null
    number numeric object of on only operation or org page parameter parameters parse path per permanently
    permission permissions plan please plugin private privilege privileges pro product provider query quota rapidapi
    rate reached read reason recognized record remaining request requested requests required reset resource response
    result resumed retry role roles row rows schema sec second seconds see sep separator server service session sign
    signature size sorry sql stage statement status stopped stream string subscribe subscribed subscription such
    support suspended syntax system t table take tenant than that the then there this tiktok time timed timeout
    timestamp title to token too transaction true truncated try type ultra unable unauthorized unavailable undefined
    underage undocumented unexpected unknown unreachable update upgrade upstream uri url usage used user username
    users utf valid value variable verify view wait waited waiters warehouse was we when while will with working
    would xml you your
    """.split()  # noqa: SIM905  # a block of words reads better than a list of quoted ones
)
_NAMES = frozenset(name.lower() for name in CSV_HEADER) | frozenset(
    part.lower()
    for column in COLUMNS
    for path in (column.warehouse or "", *column.web, *column.app)
    for part in path.split(".")
)
#: A word, or a number that is too short for an ID.
_WORD, _SHORT_NUMBER = re.compile(r"\w+"), re.compile(r"[0-9]{1,4}[a-z]?", re.IGNORECASE)
#: Everything else that is quoted: ASCII's marks, and the byte order mark, which is invisible.
_OTHER_LETTERS = re.compile(r"[^\x00-\x7f…\ufeff]+")
_REPEATED = re.compile("…(?:[^\\w\\n\"',;:{}\\[\\]<>()=]*…)+")
_LONG_NUMBER = re.compile(r"[0-9]{10,}")
_QUOTE = re.compile("['\"`\\[\\]]")
#: What a repeated request may show of its sign-in, such as in an error about the signature.
_SIGN_IN = re.compile(r"(x-amz-security-token|credential|signature|password|token)(\s*[:=]\s*)[^\s,;&]+", re.IGNORECASE)
#: What a URL may have beside its address.
_BESIDE_ADDRESS = re.compile(r"(?<=//)[^/\s]*@|[?#].*", re.DOTALL)
#: Keys, tokens and passwords look so, names do not: long, with letters and digits; or, with other marks, in both cases.
_RANDOM = re.compile(
    r"(?=[A-Za-z+/=~_]*[0-9])(?=[0-9]*[A-Za-z+/=~_])[A-Za-z0-9+/=~_]{20,}"
    r"|(?=[\w.~+/=-]{20})(?=\S*?[a-z])(?=\S*?[A-Z])(?=\S*?[0-9])[\w.~+/=-]+",
    re.ASCII,
)
_SHOWN_OF_RANDOM = 4
_PATHS = ("/", "~", ".")
_FIELD = re.compile(r"[A-Za-z_]{1,40}[0-9]{0,2}")


def quoted(text: str, letters: int = 200) -> str:
    """Give the text with `…` in the place of every word that is neither an error's nor the contract's."""
    return _known_only(text, ())[:letters]


def without_values(text: str, names: Collection[str] = ()) -> str:
    """Give another program's error without values: what is in quotes or brackets, long numbers, and sign-ins.

    Words of errors, names of the contract and the given names stay. A value may itself have quotes, so everything from
    the first one on is looked at.
    """
    known = frozenset(part.lower() for name in names for part in _WORD.findall(name))
    text = without_sign_in(text)
    if quote := _QUOTE.search(text):
        text = text[: quote.start()] + _known_only(text[quote.start() :], known)
    return _LONG_NUMBER.sub(HIDDEN, text)


def without_sign_in(text: str) -> str:
    """Give an error that may repeat a request without what the request signs in with."""
    return _SIGN_IN.sub(rf"\1\2{HIDDEN}", text)


def without_secrets(text: str) -> str:
    """Give a setting without what may be a secret: someone may have put one into the wrong variable, or into a URL."""
    if text.startswith(_PATHS):
        return text
    text = _BESIDE_ADDRESS.sub(HIDDEN, text) if "://" in text else text
    return _RANDOM.sub(lambda found: f"{found[0][:_SHOWN_OF_RANDOM]}{HIDDEN}", text)


def field_name(name: str) -> str:
    """Give the name of a field of JSON; `…` for what is no plain name, such as an ID as a key."""
    return name if _FIELD.fullmatch(name) or name.lower() in _NAMES else HIDDEN


def _known_only(text: str, known: Collection[str]) -> str:
    def kept(word: re.Match[str]) -> str:
        lower = word[0].lower()
        is_known = lower in _WORDS or lower in _NAMES or lower in known or _SHORT_NUMBER.fullmatch(lower)
        return word[0] if is_known else HIDDEN

    return _REPEATED.sub(HIDDEN, _OTHER_LETTERS.sub(HIDDEN, _WORD.sub(kept, text)))
