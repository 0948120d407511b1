"""The text of SNOWFLAKE_PRIVATE_KEY, in every form in which people write a key, as the bytes that the connector takes.

Add a form here when a valid key is refused. Nothing here signs in or reads the environment, and
no message has any part of a key or a passphrase.
"""

import base64
import re
from typing import TYPE_CHECKING

from tiktok_insights.settings.errors import SettingsError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

#: What may be between the characters of a key: blanks, line breaks (also written as \n), quotes, a byte order mark.
_BETWEEN = re.compile(r"\\+[rn]?|[\s\"'\ufeff]")
#: A part of a PEM text without its blanks.
_PEM = re.compile(r"-----BEGIN([A-Z0-9]+)-----(.*?)-----END\1-----")
#: The headers of a key that is encrypted as PEM has it. Without blanks only the cipher says where the body begins.
_HEADERS = re.compile(
    r"Proc-Type:4,ENCRYPTEDDEK-Info:(DES[A-Z0-9-]*,[0-9A-F]{16}|[A-Z0-9-]+,[0-9A-F]{32})(.*)", re.IGNORECASE
)
_PATH = re.compile(r"(?:file:|~|\.{0,2}[\\/]|[a-z]:[\\/]).*|.*\.(?:p8|pk8|pem|key|der|txt)\W*", re.IGNORECASE)

#: https://docs.snowflake.com/en/user-guide/key-pair-auth
_RSA_BITS = 2048
_CURVES = ("secp256r1", "secp384r1", "secp521r1")


def private_key_der(text: str, passphrase: str) -> bytes:
    r"""Read the private key of SNOWFLAKE_PRIVATE_KEY as unencrypted PKCS#8 DER, the connector's `private_key`.

    PKCS#8, PKCS#1 and SEC 1 are read, encrypted or not, as PEM text whose line breaks are real, written as `\n`,
    blanks or missing; as its body alone; and as the base64 of either. Of several PEM parts the first private key
    counts. A passphrase for a key that is not encrypted is ignored: people set it once for several keys.
    Raises SettingsError for everything else, and for keys that Snowflake does not take.
    """
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    encoded = _encoded(re.sub(_BETWEEN, "", text))
    try:
        key, is_encrypted = _load(encoded, None), False
    except TypeError:
        key, is_encrypted = None, True
    if is_encrypted:
        key = _decrypt(encoded, passphrase)
    if key is None:
        raise _no_private_key(text, encoded)
    if kind := _refused_kind(key):
        msg = (
            f"SNOWFLAKE_PRIVATE_KEY is {kind}. Snowflake accepts RSA keys of at least 2048 bits, and elliptic-curve "
            "keys on P-256, P-384 or P-521. Create a new one: openssl genpkey -algorithm RSA -pkeyopt "
            "rsa_keygen_bits:2048 -out rsa_key.p8"
        )
        raise SettingsError(msg)
    return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def _encoded(compact: str) -> bytes:
    """The key as DER, or as PEM where its headers are needed; empty for what has neither form."""
    parts: list[tuple[str, str]] = re.findall(_PEM, compact)
    if not parts:
        decoded = _from_base64(compact)
        # Base64 of a text; a key in DER is not ASCII.
        return _encoded(re.sub(_BETWEEN, "", decoded.decode())) if decoded and decoded.isascii() else decoded
    label, body = next((part for part in parts if part[0].endswith("PRIVATEKEY")), parts[0])
    if "CERTIFICATE" in label:
        raise _other_half("a certificate")
    if label.endswith("PUBLICKEY"):
        raise _other_half("a public key")
    if headers := _HEADERS.fullmatch(body):
        cipher, body = headers.groups()
        label = f"{label.removesuffix('PRIVATEKEY')} PRIVATE KEY"
        lines = (f"-----BEGIN {label}-----", "Proc-Type: 4,ENCRYPTED", f"DEK-Info: {cipher}", "", body)
        return "\n".join((*lines, f"-----END {label}-----", "")).encode()
    return _from_base64(body)


def _from_base64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        return b""


def _load(encoded: bytes, passphrase: str | None) -> "PrivateKeyTypes | None":
    """The key, or None where there is none. Raises TypeError for an encrypted key without a passphrase."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_der_private_key, load_pem_private_key

    load = load_pem_private_key if encoded.startswith(b"-----BEGIN") else load_der_private_key
    try:
        # An environment's bytes that are no UTF-8 stand as surrogates in its text.
        return load(encoded, None if passphrase is None else passphrase.encode("utf-8", "surrogateescape"))
    except (ValueError, UnsupportedAlgorithm):
        return None


def _decrypt(encoded: bytes, passphrase: str) -> "PrivateKeyTypes":
    if not passphrase:
        raise SettingsError(
            "SNOWFLAKE_PRIVATE_KEY is encrypted. Set SNOWFLAKE_PRIVATE_KEY_PASSPHRASE to its passphrase."
        )
    if (key := _load(encoded, passphrase)) is None:
        msg = (
            "SNOWFLAKE_PRIVATE_KEY_PASSPHRASE does not decrypt SNOWFLAKE_PRIVATE_KEY. Correct the passphrase. If it is "
            "right, encrypt the key again: openssl pkcs8 -topk8 -v2 aes-256-cbc -in rsa_key.p8 -out new_key.p8"
        )
        raise SettingsError(msg)
    return key


def _refused_kind(key: "PrivateKeyTypes") -> str:
    """What Snowflake does not take about a key, in words; empty for a key that it takes."""
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

    if isinstance(key, RSAPrivateKey):
        return "" if key.key_size >= _RSA_BITS else f"an RSA key of {key.key_size} bits"
    if isinstance(key, EllipticCurvePrivateKey):
        return "" if key.curve.name in _CURVES else f"an elliptic-curve key on {key.curve.name}"
    return f"a key of type {type(key).__name__.removesuffix('PrivateKey')}"


def _no_private_key(text: str, encoded: bytes) -> SettingsError:
    """Build the error of a text that holds no private key; it says what the text may be instead."""
    if encoded.startswith(b"openssh-key"):
        return SettingsError(
            "SNOWFLAKE_PRIVATE_KEY is in OpenSSH format. Convert a copy of its file, and use the text of the copy: "
            "ssh-keygen -p -m PKCS8 -f copy"
        )
    if text.lstrip().startswith("ssh-") or _is_public(encoded):
        return _other_half("a public key")
    if _PATH.fullmatch(text.strip()):
        return SettingsError(
            "SNOWFLAKE_PRIVATE_KEY is a file path. Set it to the content of the file, for example in a shell: "
            'export SNOWFLAKE_PRIVATE_KEY="$(cat rsa_key.p8)"'
        )
    return SettingsError(
        "SNOWFLAKE_PRIVATE_KEY is not a private key. Copy the whole file, from -----BEGIN to the last line. You may "
        "write its line breaks as \\n."
    )


def _is_public(encoded: bytes) -> bool:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    try:
        load_der_public_key(encoded)
    except (ValueError, UnsupportedAlgorithm):
        return False
    return True


def _other_half(what: str) -> SettingsError:
    return SettingsError(
        f"SNOWFLAKE_PRIVATE_KEY is {what}. Set it to the matching private key: the file whose first line "
        "says PRIVATE KEY."
    )
