"""The emulator's version stack, with what replication has to know about each version.

A version's entry carries, beside the emulator's own fields:
- `_order`: place in the sequence of all writes. A replica keeps its source's, so that every bucket stacks the versions of a
  key alike, whenever they arrive: a replica keeps its creation time and version id, and the latest write is the current one.
- `_changed`: order of the last change of tags, ACL, retention or legal hold; the latest change wins.
- `_replica`: it was written by replication.
- `_targets`: destination bucket -> {pending, failed, held}.
"""

import copy
import itertools

import version_listing

_orders = itertools.count(1)


def next_order():
    return next(_orders)


def find(s3, bucket, key, version):
    entries = s3._object_versions.get((bucket, key)) or []
    return next((entry for entry in entries if entry["version_id"] == version), None)


def record_of(s3, bucket, key, entry):
    """The object record of a version; the emulator keeps parts and checksum type of the current one only."""
    record = s3._object_record_from_version(entry)
    return {**record, "parts": entry.get("parts"), "checksum_type": entry.get("checksum_type")}


def set_status(s3, bucket, key, entry):
    """Writes the x-amz-replication-status that the targets add up to."""
    targets = (entry.get("_targets") or {}).values()
    if any(target["failed"] for target in targets):
        status = "FAILED"
    elif any(target["pending"] for target in targets):
        status = "PENDING"
    elif entry.get("_replica"):
        status = "REPLICA"
    else:
        status = "COMPLETED" if targets else None
    entry["replication_status"] = status
    current = (s3._buckets.get(bucket) or {"objects": {}})["objects"].get(key)
    if current is not None and current.get("version_id") == entry["version_id"]:
        current["replication_status"] = status


def expect(entry, destination):
    target = entry.setdefault("_targets", {}).setdefault(destination, {"pending": 0, "failed": False, "held": False})
    target["pending"] += 1
    target["failed"] = False


def settle(entry, destination, done):
    target = (entry.get("_targets") or {}).get(destination)
    if target is None:
        return
    target["pending"] = max(0, target["pending"] - 1)
    target["failed"] = not done
    target["held"] = target["held"] or done


def insert(s3, bucket_name, key, entry):
    """Puts a replica into the destination's stack at the place its order gives it, and points at the latest version."""
    version_listing.note(bucket_name, key)
    bucket = s3._buckets[bucket_name]
    versions = s3._object_versions.setdefault((bucket_name, key), [])
    s3._preserve_null_version(bucket_name, key, versions, bucket["objects"].get(key))
    place = len(versions)
    while place and versions[place - 1].get("_order", 0) > entry["_order"]:
        place -= 1
    versions.insert(place, entry)
    for version in versions:
        version["is_latest"] = False
    versions[-1]["is_latest"] = True
    if versions[-1] is not entry:
        return
    if entry.get("is_delete_marker"):
        bucket["objects"].pop(key, None)
    else:
        bucket["objects"][key] = record_of(s3, bucket_name, key, entry)


def replica_of(entry):
    """A copy of a version for another bucket. Bytes are immutable, so the body is shared and not copied."""
    replica = copy.deepcopy({name: value for name, value in entry.items() if name != "_targets"})
    return {**replica, "_replica": True, "replication_status": "REPLICA"}


def _stores(s3):
    return (s3._object_tags, s3._object_acl, s3._object_retention, s3._object_legal_hold)


def copy_metadata(s3, source, destination, key, version):
    """Makes tags, ACL, retention and legal hold of the destination's version equal to the source's."""
    for store in _stores(s3):
        value = store.get((source, key, version))
        if value is None:
            store.pop((destination, key, version), None)
        else:
            store[(destination, key, version)] = copy.deepcopy(value)
