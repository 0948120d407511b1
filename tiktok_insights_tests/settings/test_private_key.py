"""SNOWFLAKE_PRIVATE_KEY in every form comes to the one form that the connector takes, or is refused in words."""

import base64
import io
import traceback
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from dotenv import dotenv_values

from tiktok_insights.settings.errors import SettingsError
from tiktok_insights.settings.private_key import private_key_der
from tiktok_insights_tests.support.private_keys import BODIES, PASSPHRASE, SPELLINGS, Written, body
from tiktok_insights_tests.support.troubleshooting import told

_ENCRYPTED = (
    "encrypted PKCS#8",
    "traditional in AES-128-CBC",
    "traditional in AES-256-CBC",
    "traditional in DES-EDE3-CBC",
)
_KINDS = ("PKCS#8", "traditional", *_ENCRYPTED)
_TOO_SHORT = 1024


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("kind", _KINDS)
def test_a_key_is_read_however_it_is_written(keys: dict[str, Written], kind: str, spelling: str) -> None:
    """Each kind of PEM in each spelling gives the very key."""
    text = SPELLINGS[spelling](keys["RSA"].pems[kind])
    assert private_key_der(text, PASSPHRASE if kind in _ENCRYPTED else "") == keys["RSA"].der


@pytest.mark.parametrize("kind", _KINDS)
@pytest.mark.parametrize("curve", ["P-256", "P-384", "P-521"])
def test_a_key_on_an_elliptic_curve_is_read(keys: dict[str, Written], curve: str, kind: str) -> None:
    """Snowflake and its connector take them, too."""
    text = SPELLINGS["on one line"](keys[curve].pems[kind])
    assert private_key_der(text, PASSPHRASE if kind in _ENCRYPTED else "") == keys[curve].der


@pytest.mark.parametrize("spelling", BODIES)
@pytest.mark.parametrize("kind", ["PKCS#8", "traditional", "encrypted PKCS#8"])
@pytest.mark.parametrize("algorithm", ["RSA", "P-256"])
def test_a_body_without_its_first_and_last_line_is_read(
    keys: dict[str, Written], algorithm: str, kind: str, spelling: str
) -> None:
    """As other clients of Snowflake take it."""
    text = BODIES[spelling](keys[algorithm].pems[kind])
    assert private_key_der(text, PASSPHRASE if kind in _ENCRYPTED else "") == keys[algorithm].der


@pytest.mark.parametrize("kind", _KINDS)
@pytest.mark.parametrize(
    "line",
    [
        'KEY="{escaped}"',
        "KEY='{text}'",
        'KEY="{text}"',
        "KEY={escaped}",
        "KEY='{escaped}'",
        "KEY={joined}",
        "export KEY={encoded}",
    ],
)
def test_a_line_of_an_env_file_is_read(keys: dict[str, Written], kind: str, line: str) -> None:
    """The file's own reader decodes some of what is written in it, and not the same in each kind of quotes."""
    pem = keys["RSA"].pems[kind]
    ways = {
        "text": pem,
        "escaped": pem.replace("\n", "\\n"),
        "joined": pem.replace("\n", ""),
        "encoded": base64.b64encode(pem.encode()).decode(),
    }
    value = dotenv_values(stream=io.StringIO(line.format(**ways)))["KEY"]
    assert private_key_der(value or "", PASSPHRASE) == keys["RSA"].der


def test_of_several_parts_the_private_key_counts(keys: dict[str, Written], rsa_key: rsa.RSAPrivateKey) -> None:
    """A file may have the certificate, the public key or the curve's name in it, too."""
    text = _certificate(rsa_key) + _public(rsa_key) + keys["RSA"].pems["PKCS#8"]
    assert private_key_der(text, "") == keys["RSA"].der


@pytest.mark.parametrize("kind", ["PKCS#8", "traditional"])
def test_a_passphrase_for_a_key_that_is_not_encrypted_is_ignored(keys: dict[str, Written], kind: str) -> None:
    """It may stay in the environment when the key changes."""
    assert private_key_der(keys["RSA"].pems[kind], PASSPHRASE) == keys["RSA"].der


@pytest.mark.parametrize("kind", _ENCRYPTED)
def test_an_encrypted_key_needs_its_passphrase(keys: dict[str, Written], kind: str) -> None:
    """The message names the variable that is missing."""
    with told("SNOWFLAKE_PRIVATE_KEY is encrypted."):
        private_key_der(keys["RSA"].pems[kind], "")


@pytest.mark.parametrize(
    "passphrase", ["wrong", f"{PASSPHRASE} ", PASSPHRASE.upper(), "\udcff", chr(0xD800), "x" * 5000]
)
@pytest.mark.parametrize("kind", _ENCRYPTED)
def test_a_wrong_passphrase_is_told_from_a_wrong_key(keys: dict[str, Written], kind: str, passphrase: str) -> None:
    """The message names the other variable first."""
    with told("SNOWFLAKE_PRIVATE_KEY_PASSPHRASE does not decrypt"):
        private_key_der(keys["RSA"].pems[kind], passphrase)


def test_a_cipher_that_nobody_here_knows_is_a_matter_of_the_encryption(keys: dict[str, Written]) -> None:
    """OpenSSL writes many; the message says with which one to encrypt again."""
    text = keys["RSA"].pems["traditional in AES-256-CBC"].replace("AES-256-CBC", "CAMELLIA-256-CBC")
    with told("SNOWFLAKE_PRIVATE_KEY_PASSPHRASE does not decrypt", "-v2 aes-256-cbc"):
        private_key_der(text, PASSPHRASE)


def _public(key: rsa.RSAPrivateKey) -> str:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def _certificate(key: rsa.RSAPrivateKey) -> str:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "loader")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=1))
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM).decode()


#: What is pasted instead of the private key, made of it.
_OTHER_HALVES: dict[str, tuple[str, Callable[[rsa.RSAPrivateKey], str]]] = {
    "public key": ("a public key", _public),
    "its body": ("a public key", lambda key: body(_public(key))),
    "its base64": ("a public key", lambda key: base64.b64encode(_public(key).encode()).decode()),
    "PKCS#1 public key": (
        "a public key",
        lambda key: key.public_key().public_bytes(Encoding.PEM, PublicFormat.PKCS1).decode(),
    ),
    "OpenSSH's public key": (
        "a public key",
        lambda key: key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode(),
    ),
    "certificate": ("a certificate", _certificate),
}


@pytest.mark.parametrize("other", _OTHER_HALVES)
def test_the_other_half_of_a_key_pair_is_named(rsa_key: rsa.RSAPrivateKey, other: str) -> None:
    """People have several files with similar names."""
    what, write = _OTHER_HALVES[other]
    with told("SNOWFLAKE_PRIVATE_KEY is <what>. Set it to the matching private key", what):
        private_key_der(write(rsa_key), "")


@pytest.mark.parametrize("passphrase", ["", PASSPHRASE])
def test_an_openssh_key_can_be_converted(rsa_key: rsa.RSAPrivateKey, passphrase: str) -> None:
    """The message has the command."""
    text = rsa_key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()).decode()
    for form in (text, body(text), text.replace("\n", "\\n")):
        with told("SNOWFLAKE_PRIVATE_KEY is in OpenSSH format.", "ssh-keygen -p -m PKCS8"):
            private_key_der(form, passphrase)


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (lambda: rsa.generate_private_key(65537, _TOO_SHORT), "an RSA key of 1024 bits"),
        (lambda: ec.generate_private_key(ec.SECP256K1()), "an elliptic-curve key on secp256k1"),
        (ed25519.Ed25519PrivateKey.generate, "a key of type Ed25519"),
        (lambda: dsa.generate_private_key(_TOO_SHORT), "a key of type DSA"),
    ],
    ids=["short", "another curve", "Ed25519", "DSA"],
)
def test_a_key_that_snowflake_does_not_take_is_refused_here(make: Callable[[], rsa.RSAPrivateKey], kind: str) -> None:
    """Snowflake's own refusal would come from the network, and say less."""
    text = make().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    with told("SNOWFLAKE_PRIVATE_KEY is <kind>. Snowflake accepts", kind):
        private_key_der(text, "")


@pytest.mark.parametrize(
    "text",
    [
        "/home/me/rsa_key.p8",
        "./rsa_key",
        "../keys/rsa_key",
        "~/.ssh/rsa_key",
        "rsa_key.p8",
        '"keys/rsa_key.pem"',
        r"C:\new\rsa_key.p8",
        "file:///run/secrets/key",
        "$(cat rsa_key.p8)",
        "/aaa",
    ],
)
def test_the_path_of_a_key_is_no_key(text: str) -> None:
    """The message says how to take the text of the file."""
    with told("SNOWFLAKE_PRIVATE_KEY is a file path.", '"$(cat rsa_key.p8)"'):
        private_key_der(text, "")


@pytest.mark.parametrize("text", ["", " ", "rsa_key", "geheim", "-----BEGIN PRIVATE KEY-----", "MIIEvQIBADANBg", "ä"])
def test_anything_else_is_not_a_private_key(text: str) -> None:
    """The first line alone, say, which is all that some readers of env files take."""
    with told("SNOWFLAKE_PRIVATE_KEY is not a private key."):
        private_key_der(text, "")


@pytest.mark.parametrize("kind", ["PKCS#8", "traditional", "encrypted PKCS#8"])
@pytest.mark.parametrize(
    "damage",
    [
        lambda pem: pem[: len(pem) // 2],
        lambda pem: "\n".join((*pem.splitlines()[:5], *pem.splitlines()[6:])),
        lambda pem: pem.replace(body(pem), ""),
        lambda pem: pem.replace(body(pem), body(pem)[:-1]),
        lambda pem: pem.replace("\n", "n"),
    ],
    ids=["cut off", "a line is missing", "empty", "a letter is missing", "backslashes are lost"],
)
def test_a_damaged_key_is_not_a_private_key(keys: dict[str, Written], kind: str, damage: Callable[[str], str]) -> None:
    """It was copied in part, or its line breaks were written in a way that lost something."""
    with told("SNOWFLAKE_PRIVATE_KEY is not a private key."):
        private_key_der(damage(keys["RSA"].pems[kind]), PASSPHRASE)


def _secret_parts(pem: str) -> list[str]:
    lines = [line for line in body(pem).splitlines() if ":" not in line and line]
    return [PASSPHRASE, *(line[start : start + 12] for line in lines for start in range(len(line) - 11))]


@pytest.mark.parametrize("kind", _KINDS)
@pytest.mark.parametrize(
    "spoil",
    [
        lambda pem: pem[: len(pem) // 2],
        lambda pem: pem.replace("A", "Ä"),
        lambda pem: "/" + body(pem),
        lambda pem: pem.replace("PRIVATE", "PUBLIC"),
        lambda pem: pem.replace("A", "B"),
    ],
    ids=["cut off", "no base64", "a path", "a public key", "no key"],
)
def test_no_part_of_a_secret_is_in_a_message_or_a_traceback(
    keys: dict[str, Written], kind: str, spoil: Callable[[str], str]
) -> None:
    """Not in what was going on before either, which some programs print."""
    pem = keys["RSA"].pems[kind]
    assert_says_nothing(pem, spoil(pem), PASSPHRASE)


@pytest.mark.parametrize("kind", _ENCRYPTED)
@pytest.mark.parametrize("passphrase", ["", f"{PASSPHRASE} or not"])
def test_no_part_of_a_passphrase_is_in_a_message_or_a_traceback(
    keys: dict[str, Written], kind: str, passphrase: str
) -> None:
    """Nor of the key that it does not open."""
    pem = keys["RSA"].pems[kind]
    assert_says_nothing(pem, pem, passphrase)


def assert_says_nothing(pem: str, text: str, passphrase: str) -> None:
    """See that the error of a text, with all before it, has no twelve characters of the key, and no passphrase."""
    with pytest.raises(SettingsError, match="SNOWFLAKE_PRIVATE_KEY") as caught:
        private_key_der(text, passphrase)
    said = ""
    before: BaseException | None = caught.value
    while before is not None:
        said += "".join(traceback.format_exception(before)) + repr(before.args) + repr(vars(before))
        before = before.__cause__ or before.__context__
    lines = [line for line in body(pem).splitlines() if ":" not in line]
    secrets = [PASSPHRASE, *(line[start : start + 12] for line in lines for start in range(len(line) - 11))]
    assert [secret for secret in secrets if secret in said] == []
