"""The user's own key, with which consent is given and taken back, and the signatures of others.

The private key lies in the user's data folder, readable by its owner alone. Who has it can speak for its owner: it is
as safe as the account it lies in.
"""

import os
import secrets
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from platformdirs import user_data_path

from sora2lib.errors import ConsentError

HOME = "SORA2LIB_HOME"
_FILE = "key.pem"


def home() -> Path:
    """Return the folder of keys, grants and cameos: the variable SORA2LIB_HOME, else the system's place for data."""
    folder = Path(os.environ[HOME]) if os.environ.get(HOME) else user_data_path("sora2lib", appauthor=False)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise ConsentError(f"{folder} cannot be made ({error.strerror}); set {HOME} to a folder of yours") from error
    return folder


def own() -> str:
    """Return the user's public key, hex; made when it is first asked for."""
    return _private().public_key().public_bytes_raw().hex()


def sign(text: bytes) -> str:
    """Return the user's Ed25519 signature of a text, hex."""
    return _private().sign(text).hex()


def verifies(text: bytes, signature: str, key: str) -> bool:
    """Whether a signature (hex) of a text is that of a public key (hex)."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(bytes.fromhex(signature), text)
    except (InvalidSignature, ValueError):
        return False
    return True


def _private() -> Ed25519PrivateKey:
    path = home() / _FILE
    if not path.exists():
        _make(path)
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError) as error:
        raise ConsentError(f"{path} cannot be read as a key ({error}); bring it back from a backup") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise ConsentError(f"{path} is not a key of kind Ed25519; bring yours back from a backup")
    return key


def _make(path: Path) -> None:
    content = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    fresh = path.with_name(f".{_FILE}.{secrets.token_hex(4)}")
    try:
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(fresh, path)  # unlike a rename, never over a key that another process has just made
    except OSError as error:
        raise ConsentError(f"{path} cannot be written ({error.strerror}); set {HOME} to a folder of yours") from error
    finally:
        fresh.unlink(missing_ok=True)
