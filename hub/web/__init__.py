"""The pages: server-rendered, working without JavaScript, under a strict content policy. A door: it translates, it decides nothing.

`create_pages(hub)` is the application that `hub.asgi` mounts at the root.
"""

from hub.web.pages_app import create_pages

__all__ = ["create_pages"]
