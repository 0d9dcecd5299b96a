"""A large file that arrives in parts, over connections that break and servers that start again.

    upload = uploads.begin(uow, permit, agency=…, period="2026-10", size=1_000_000_000)
    part = uploads.part(permit, upload)              # each part is sealed as it arrives, as an object of its own
    part.write(chunk)
    upload = part.complete(uow)                      # acknowledged means durable, unacknowledged means absent (promise P6)
    submission = uploads.join(reader, upload.id, sha256=…, file_name=…)

Joined, it is the very submission that the same bytes sent at once would be: `intake.receive` has the rules, here is none of
them. Parts that are not joined within a day are erased with their keys.
"""

from hub.uploads.model import DAYS_KEPT, MAX_PART, MIN_PART, Upload, UploadState
from hub.uploads.parts import ReceivingPart
from hub.uploads.service import Uploads

__all__ = ["DAYS_KEPT", "MAX_PART", "MIN_PART", "ReceivingPart", "Upload", "UploadState", "Uploads"]
