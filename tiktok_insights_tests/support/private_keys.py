"""Keys made for one test session, and every way in which people write a key into a variable.

Here: what goes in. What must come out of it stands in the tests.
"""

import base64
import hashlib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.ciphers import Cipher, CipherAlgorithm
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.padding import PKCS7
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)

PASSPHRASE = "canary of a passphrase, ümlaut"

#: OpenSSL's name of a cipher, the cipher, the bytes of its key and of its block.
_CIPHERS: Mapping[str, tuple[Callable[[bytes], CipherAlgorithm], int, int]] = {
    "AES-128-CBC": (AES, 16, 16),
    "AES-256-CBC": (AES, 32, 16),
    "DES-EDE3-CBC": (TripleDES, 24, 8),
}


@dataclass(frozen=True, slots=True)
class Written:
    """One private key, in PEM by the name of its kind, and as the connector takes it."""

    der: bytes
    pems: Mapping[str, str]


def written(key: PrivateKeyTypes) -> Written:
    """Every kind of PEM that holds a key; `PASSPHRASE` opens those that are encrypted."""
    open_, closed = NoEncryption(), BestAvailableEncryption(PASSPHRASE.encode())
    pems = {
        "PKCS#8": _pem(key, PrivateFormat.PKCS8, open_),
        "encrypted PKCS#8": _pem(key, PrivateFormat.PKCS8, closed),
        "traditional": _pem(key, PrivateFormat.TraditionalOpenSSL, open_),
        **{f"traditional in {cipher}": _encrypted_traditional(key, cipher) for cipher in _CIPHERS},
    }
    return Written(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, open_), pems)


def _pem(key: PrivateKeyTypes, form: PrivateFormat, encryption: KeySerializationEncryption) -> str:
    return key.private_bytes(Encoding.PEM, form, encryption).decode()


def _encrypted_traditional(key: PrivateKeyTypes, name: str) -> str:
    """What `openssl rsa -traditional` writes; cryptography writes it with one cipher only."""
    make, key_bytes, block = _CIPHERS[name]
    plain = key.private_bytes(Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    first, *_, last = _pem(key, PrivateFormat.TraditionalOpenSSL, NoEncryption()).splitlines()
    vector = os.urandom(block)
    secret = digest = b""
    while len(secret) < key_bytes:
        digest = hashlib.md5(digest + PASSPHRASE.encode() + vector[:8], usedforsecurity=False).digest()
        secret += digest
    padder = PKCS7(block * 8).padder()
    encryptor = Cipher(make(secret[:key_bytes]), CBC(vector)).encryptor()
    sealed = encryptor.update(padder.update(plain) + padder.finalize()) + encryptor.finalize()
    headers = ("Proc-Type: 4,ENCRYPTED", f"DEK-Info: {name},{vector.hex().upper()}", "")
    return "\n".join((first, *headers, *_wrapped(sealed), last, ""))


def _wrapped(data: bytes) -> list[str]:
    text = base64.b64encode(data).decode()
    return [text[start : start + 64] for start in range(0, len(text), 64)]


def body(pem: str) -> str:
    """What a PEM text has between its first line and its last."""
    return "\n".join(pem.splitlines()[1:-1])


def _nothing_between(pem: str) -> str:
    return pem.replace("\n", "")


def _of_base64(pem: str) -> str:
    return base64.b64encode(pem.encode()).decode()


#: How the text of a PEM file may be written.
SPELLINGS: dict[str, Callable[[str], str]] = {
    "as it is": lambda pem: pem,
    "without its last line break": str.strip,
    r"\n": lambda pem: pem.replace("\n", "\\n"),
    r"\n without the last": lambda pem: pem.strip().replace("\n", "\\n"),
    r"\\n": lambda pem: pem.replace("\n", "\\\\n"),
    r"\r\n": lambda pem: pem.replace("\n", "\\r\\n"),
    "CRLF": lambda pem: pem.replace("\n", "\r\n"),
    "CR": lambda pem: pem.replace("\n", "\r"),
    "lines continued": lambda pem: pem.replace("\n", "\\\n"),
    "in double quotes": lambda pem: f'"{pem}"',
    "in double quotes with \\n": lambda pem: '"' + pem.replace("\n", "\\n") + '"',
    "in single quotes": lambda pem: f"'{pem}'",
    "a string for each line": lambda pem: "\n".join(f'"{line}\\n"' for line in pem.splitlines()),
    "blanks around it": lambda pem: f"  \n\t{pem}\n ",
    "indented": lambda pem: pem.replace("\n", "\n    "),
    "on one line": lambda pem: pem.replace("\n", " "),
    "on one line in quotes": lambda pem: f'"{pem.strip()}"'.replace("\n", " "),
    "nothing between the lines": _nothing_between,
    "a byte order mark": lambda pem: f"\ufeff{pem}",
    "text before and after": lambda pem: f"Bag Attributes\n  friendlyName: loader\n{pem}Key Attributes: none\n",
    "in a document": lambda pem: '{"privateKey": "' + pem.replace("\n", "\\n") + '"}',
    "base64 of it": _of_base64,
    "base64 of it in lines": lambda pem: "\n".join(_wrapped(pem.encode())),
    "base64 of CRLF": lambda pem: _of_base64(pem.replace("\n", "\r\n")),
    "base64 of \\n": lambda pem: _of_base64(pem.replace("\n", "\\n")),
    "base64 of base64": lambda pem: _of_base64(_of_base64(pem)),
}
#: How its body may be written alone; an encrypted traditional key cannot be read without its headers.
BODIES: dict[str, Callable[[str], str]] = {
    "body": body,
    "body on one line": lambda pem: body(pem).replace("\n", ""),
    "body with blanks": lambda pem: body(pem).replace("\n", " "),
    "body with \\n": lambda pem: body(pem).replace("\n", "\\n"),
    "body in quotes": lambda pem: f'"{body(pem)}"',
    "base64 of the body": lambda pem: _of_base64(body(pem)),
}
