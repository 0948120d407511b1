"""What is wrong with a raw object, in words: what happened to it, and what a person can do.

Add a sentence here when the raw stage finds another kind of damage. Finding it belongs where objects are read.
"""


def changed(uri: str) -> str:
    """Describe an object whose bytes are not those that were stored."""
    return f"{uri} differs from what was stored. Raw pages must not be edited. Restore it from a backup."


def without_metadata(uri: str) -> str:
    """Describe an object that has lost what S3 keeps beside its bytes."""
    return (
        f"{uri} has lost its metadata, as when a bucket is copied through a disk. Copy it again, directly from bucket "
        "to bucket."
    )


def too_new(uri: str, version: int, known: int) -> str:
    """Describe a manifest that a later version of this package has written."""
    return (
        f"{uri} has version {version}, but this package reads manifests up to version {known}. Update the package, or "
        "restore the object's earlier version."
    )
