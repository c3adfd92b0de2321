"""S3 replication inside the emulator; see ../replication_hook.py."""
