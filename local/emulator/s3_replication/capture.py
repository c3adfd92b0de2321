"""Notes each write that a replication rule covers, in the step that stores it: nothing acknowledged goes unnoted."""

import functools

from s3_replication import multipart_tags, rules, versions
from s3_replication.versions import next_order


def install(s3, journal):
    note = _Notes(s3, journal)
    s3._maybe_replicate = note.object_about_to_be_stored
    s3._maybe_replicate_delete_marker = note.marker_stored
    s3._record_object_version = _after(s3._record_object_version, note.object_stored)
    s3._record_delete_marker = _after(s3._record_delete_marker, note.marker_recorded)
    for name in ("_put_object_tagging", "_delete_object_tagging", "_put_object_acl", "_put_object_retention",
                 "_put_object_legal_hold"):
        setattr(s3, name, _around_metadata(s3, getattr(s3, name), note.metadata_changed))


def _after(original, then):
    @functools.wraps(original)
    def wrapped(bucket, key, *args):
        result = original(bucket, key, *args)
        then(bucket, key, *args)
        return result

    return wrapped


def _around_metadata(s3, original, then):
    @functools.wraps(original)
    def wrapped(bucket, key, *args):
        response = original(bucket, key, *args)
        if response[0] < 300:
            query = args[-1] if isinstance(args[-1], dict) else {}
            then(bucket, key, s3._resolve_subresource_version(query, s3._buckets[bucket], key))
        return response

    return wrapped


class _Notes:
    def __init__(self, s3, journal):
        self.s3 = s3
        self.journal = journal

    def object_about_to_be_stored(self, bucket, key, obj, _data, tags=None):
        """In place of ministack's own replication, which runs before the version exists."""
        covering = rules.for_object(self._config(bucket), key, tags or multipart_tags.completing.get(), obj)
        if covering:
            obj["_covering"] = covering
            obj["replication_status"] = "PENDING"

    def object_stored(self, bucket, key, _prior, obj, _data):
        covering = obj.pop("_covering", {})
        entry = versions.find(self.s3, bucket, key, obj.get("version_id") or "null")
        if entry is None:
            return
        entry["_order"] = entry["_changed"] = next_order()
        entry["checksum_type"] = obj.get("checksum_type")
        self._expect(bucket, key, entry, "object", covering)

    def marker_recorded(self, bucket, key, _prior):
        self.s3._object_versions[(bucket, key)][-1]["_order"] = next_order()

    def marker_stored(self, bucket, key):
        entry = self.s3._object_versions[(bucket, key)][-1]
        self._expect(bucket, key, entry, "marker", rules.for_marker(self._config(bucket), key))

    def metadata_changed(self, bucket, key, version):
        entry = versions.find(self.s3, bucket, key, version) if version else None
        if entry is None:
            return
        entry["_changed"] = next_order()
        tags = self.s3._object_tags.get((bucket, key, version))
        covering = rules.for_object(self._config(bucket), key, tags, entry)
        reach = self._synced_back if entry.get("_replica") else self._holding
        self._expect(bucket, key, entry, "metadata", reach(bucket, key, tags, entry, covering))

    def _holding(self, _bucket, _key, _tags, entry, covering):
        """Destinations that have, or are about to get, the version: a change alone replicates no older object."""
        targets = entry.get("_targets") or {}
        return {name: rule for name, rule in covering.items()
                if name in targets and (targets[name]["held"] or targets[name]["pending"])}

    def _synced_back(self, bucket, key, tags, entry, covering):
        """A replica's change goes out by rules that sync replicas, to buckets whose own rule towards us does too."""
        def answers(name):
            back = rules.for_object(self.s3._bucket_replication.get(name), key, tags, entry).get(bucket)
            return back is not None and rules.syncs_replicas(back)

        return {name: rule for name, rule in covering.items() if rules.syncs_replicas(rule) and answers(name)}

    def _config(self, bucket):
        return self.s3._bucket_replication.get(bucket) if self.s3._bucket_versioning.get(bucket) == "Enabled" else None

    def _expect(self, bucket, key, entry, kind, covering):
        if not covering:
            return
        for name, rule in covering.items():
            versions.expect(entry, name)
            self.journal.add(
                kind=kind,
                account=self._account(),
                source={"bucket": bucket, "region": self.s3.bucket_region(bucket)},
                destination={"bucket": name, "region": self.s3._replication_destination_region(name)},
                key=key,
                version=entry["version_id"],
                size=entry.get("size", 0),
                rule=rule.get("ID", ""),
                metrics=rules.has_metrics(rule),
            )
        versions.set_status(self.s3, bucket, key, entry)

    def _account(self):
        from ministack.core.responses import get_account_id

        return get_account_id()
