"""Fixtures: key pairs, made once a session."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from tiktok_insights_tests.support.private_keys import Written, written


@pytest.fixture(scope="session")
def rsa_key() -> rsa.RSAPrivateKey:
    """The shortest RSA key that Snowflake takes."""
    return rsa.generate_private_key(65537, 2048)


@pytest.fixture(scope="session")
def keys(rsa_key: rsa.RSAPrivateKey) -> dict[str, Written]:
    """An RSA key and one on each curve, in all that is written of them."""
    curves = {"P-256": ec.SECP256R1(), "P-384": ec.SECP384R1(), "P-521": ec.SECP521R1()}
    return {
        "RSA": written(rsa_key),
        **{name: written(ec.generate_private_key(curve)) for name, curve in curves.items()},
    }
