"""A new key pair with which a user signs in to Snowflake, and the files that hold it.

Reading a key that somebody has set belongs in `private_key`.
"""

import base64
import os
from dataclasses import dataclass, field
from pathlib import Path

from tiktok_insights.settings.errors import SettingsError
from tiktok_insights.settings.private_key import private_key_der

#: https://docs.snowflake.com/en/user-guide/key-pair-auth
_BITS, _EXPONENT = 2048, 65_537


@dataclass(frozen=True, slots=True)
class KeyPair:
    """Both halves of a key: the private one as PEM text, the public one as `ALTER USER` takes it (base64, one line)."""

    private: str = field(repr=False)
    public: str


def new_key_pair(passphrase: str = "") -> KeyPair:
    """Make a key pair of RSA; with a passphrase, the private key is encrypted with it."""
    from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
    from cryptography.hazmat.primitives.serialization import (
        BestAvailableEncryption,
        Encoding,
        NoEncryption,
        PrivateFormat,
        PublicFormat,
    )

    key = generate_private_key(public_exponent=_EXPONENT, key_size=_BITS)
    encryption = BestAvailableEncryption(passphrase.encode()) if passphrase else NoEncryption()
    return KeyPair(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption).decode(),
        base64.b64encode(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode(),
    )


def public_key_text(private_key: str, passphrase: str) -> str:
    """The public half of the text of a private key, as `ALTER USER` takes it. Raises SettingsError."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_private_key

    public = load_der_private_key(private_key_der(private_key, passphrase.strip()), None).public_key()
    return base64.b64encode(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


def write_key_pair(pair: KeyPair, private: Path, public: Path) -> None:
    """Write both halves to files that do not exist yet; only their owner may read the private one.

    Raises SettingsError for a file that exists: somebody may sign in with it.
    """
    for path in (private, public):
        if path.exists():
            raise _exists(path)
    for path, text, mode in ((private, pair.private, 0o600), (public, f"{pair.public}\n", 0o644)):
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        except FileExistsError:
            raise _exists(path) from None
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(text)


def _exists(path: Path) -> SettingsError:
    return SettingsError(f"{path} exists and was left as it is. Move it away, or choose another folder.")
