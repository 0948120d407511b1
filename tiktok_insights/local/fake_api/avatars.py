"""Signed avatar addresses, different on every read, as the real ones are.

Here: addresses only; no picture is behind them. Source: captured responses (three sizes, an expiry about 48
hours ahead, a signature). So an address can never serve as a change key.
"""

from tiktok_insights.local.fake_api.seeding import mix

SIZES = {"avatarLarger": 1080, "avatarMedium": 720, "avatarThumb": 100}
"""Field of the WEB dialect -> edge in pixels."""

_VALID_FOR = 48 * 3_600  # seconds


def avatar_uri(avatar_key: int) -> str:
    """Return the picture's stable name."""
    return f"tos-fake-avt-0068/{mix(avatar_key, 0):016x}{mix(avatar_key, 1):016x}"


def avatar_url(avatar_key: int, edge: int, *, at: int, read: int) -> str:
    """Return the address of a picture `edge` pixels wide, signed at `at` (unix s) for the read numbered `read`."""
    signature = f"{mix(avatar_key ^ edge, read):016x}"
    return (
        f"https://p16-sign-fake.tiktokcdn.example/{avatar_uri(avatar_key)}~tplv-tiktokx-cropcenter:{edge}:{edge}"
        f".jpeg?dr=14579&refresh_token={signature[:8]}&x-expires={at + _VALID_FOR}&x-signature={signature}%3D"
        "&t=4d5b0474&ps=13740610&shp=a5d48078&shcp=fdd36af4&idc=fake"
    )
