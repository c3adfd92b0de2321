"""Takes S3 replication out of ministack's hands and gives it to the gateway's engine (local/gateway/replication).

The launcher runs this file before it serves (`ExtensionFactory.emulatorPatches`). What lives inside the emulator is what
only it can do: mark a version PENDING in the same step that stores it, copy a version without moving its bytes, ask the
emulator's own IAM evaluator. When to copy (lag, pause, dead Regions) is the engine's business.
"""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))


def install(app, s3):
    from s3_replication import capture, configuration, endpoint, multipart_tags
    from s3_replication.journal import Journal

    journal = Journal()
    capture.install(s3, journal)
    multipart_tags.install(s3)
    configuration.install(app, s3)
    endpoint.install(app, s3, journal)
