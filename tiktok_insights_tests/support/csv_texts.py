"""CSV files for the tests, written out without a CSV library: what stands here is what lies in the bucket."""

HEADER_14 = (
    "Tiktok_id,uniqueId,nickname,avatarLarger,avatarMedium,avatarThumb,Account_verified,privateAccount,"
    "followers_Count,following_Count,videoCount,heartCount,friends_Count,diggCount"
)
HEADER_16 = f"{HEADER_14},counts_exact,extracted_at"
HEADER_19 = f"{HEADER_16},followed_after,followed_before,list_position"

#: A good row; a test says only what it is about.
_GOOD = {
    "Tiktok_id": "7423456789012345149",
    "uniqueId": "ann",
    "nickname": "Ann",
    "avatarLarger": "https://p16.example/larger",
    "avatarMedium": "https://p16.example/medium",
    "avatarThumb": "https://p16.example/thumb",
    "Account_verified": "true",
    "privateAccount": "false",
    "followers_Count": "11",
    "following_Count": "12",
    "videoCount": "13",
    "heartCount": "14",
    "friends_Count": "15",
    "diggCount": "16",
    "counts_exact": "true",
    "extracted_at": "2026-01-31T12:00:00Z",
    "followed_after": "2026-01-30T10:00:00Z",
    "followed_before": "2026-01-31T12:00:01Z",
    "list_position": "1",
}


def fields(tiktok_id: str, **texts: str) -> dict[str, str]:
    """The texts of a row by their columns."""
    return {**_GOOD, "Tiktok_id": tiktok_id, **texts}


def row(tiktok_id: str, **texts: str) -> str:
    """One line of a CSV without its end; each text stands as it is given, quotes included."""
    return ",".join(fields(tiktok_id, **texts).values())


def row_of_14(tiktok_id: str, **texts: str) -> str:
    """The line as a producer writes it who knows the first 14 columns only."""
    return ",".join(list(fields(tiktok_id, **texts).values())[:14])


def row_of_16(tiktok_id: str, **texts: str) -> str:
    """The line as it was before the follow windows."""
    return ",".join(list(fields(tiktok_id, **texts).values())[:16])


def csv_file(*rows: str, header: str = HEADER_19, end: str = "\r\n") -> bytes:
    """A whole file in UTF-8."""
    return "".join(line + end for line in (header, *rows)).encode()
