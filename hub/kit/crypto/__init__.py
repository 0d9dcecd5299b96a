"""The only room that touches `cryptography`. Primitives are the library's; formats are published ones.

`keys`     HKDF, Ed25519, HMAC, AES key wrap (RFC 5649)
`chunked`  C2SP chunked encryption, Cobblestone-256
"""
