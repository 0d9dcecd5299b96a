"""Sealed objects: what agencies sent, what was accepted of it, what was held back. Opens only with a Grant (promise P1).

    with vault.receive(permit, agency="met-police", dataset="police/street-crime") as writer:
        writer.write(chunk)                                   # sealed as it arrives; never plaintext on disk (promise P7)
        writer.finish()
    vault.publish(uow, writer, ObjectKind.ORIGINAL)           # the data key is wrapped and kept in the transaction
    with vault.files(reading, grant, [object_id]) as files:   # `sealed://obj_…` for a session of the query engine
        ...

Each object has a data key of its own, wrapped (RFC 5649) under its agency's key-encryption key, which is wrapped under a key
derived from the root key. Destroying the wrapped data key is erasure.
"""

from hub.vault.files import SealedFiles
from hub.vault.model import Arrived, ObjectKind, SealedObject
from hub.vault.service import Vault
from hub.vault.writer import SealedWriter

__all__ = ["Arrived", "ObjectKind", "SealedFiles", "SealedObject", "SealedWriter", "Vault"]
