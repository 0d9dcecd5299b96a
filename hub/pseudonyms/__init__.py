"""Case references become keyed pseudonyms, in memory, before accepted rows are sealed.

A pseudonym is the HMAC-SHA-256 (RFC 2104) of the reference's UTF-8 bytes, in lower-case hexadecimal, under a key of the
dataset's own: equal references of one dataset get equal pseudonyms, and across datasets nothing can be joined. What an agreement
shows pseudonymised is the HMAC of the value as it is kept, under a key of the agreement's own.
"""

from hub.pseudonyms.model import keyed_sql
from hub.pseudonyms.service import Pseudonyms

__all__ = ["Pseudonyms", "keyed_sql"]
