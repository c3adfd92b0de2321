"""Carries one version, delete marker or change of metadata to one destination, or says why S3 would not."""

import logging

from s3_replication import rules, versions
from s3_replication.permissions import Refused, Role

logger = logging.getLogger("s3")

DONE = {"outcome": "done"}
# The destination has not got the version yet: another bucket's copy of it may still be under way.
LATER = {"outcome": "later"}


class Copier:
    """Works through one batch; roles and bucket permissions are looked up once per batch."""

    def __init__(self, s3):
        self._s3 = s3
        self._roles = {}

    def run(self, task):
        from ministack.core.responses import set_request_account_id, set_request_region

        set_request_account_id(task["account"])
        set_request_region(task["source"]["region"])
        source, key = task["source"]["bucket"], task["key"]
        entry = versions.find(self._s3, source, key, task["version"])
        if entry is None:
            return {"outcome": "gone"}  # deleted by its version id: S3 has nothing left to copy
        try:
            result = self._carry(task, entry)
        except Refused as refused:
            result = {"outcome": "failed", "code": refused.code, "reason": refused.reason}
        except Exception as error:  # a fault of ours must end up in the list of failures, never in a lost write
            logger.exception("replication of %s/%s failed", source, key)
            result = {"outcome": "failed", "code": "InternalError", "reason": repr(error)}
        if result is not LATER:
            versions.settle(entry, task["destination"]["bucket"], result is DONE)
            versions.set_status(self._s3, source, key, entry)
        return result

    def _carry(self, task, entry):
        destination = task["destination"]["bucket"]
        config = self._s3._bucket_replication.get(task["source"]["bucket"])
        if not config:
            raise Refused("SrcBucketReplicationConfigMissing", f"{task['source']['bucket']} has no replication configuration")
        rule = self._rule(task, entry, config)
        if rule is None:
            raise Refused("SrcObjectNotEligible", f"no enabled rule of {task['source']['bucket']} covers it for {destination}")
        if task.get("fails"):
            raise Refused(task["fails"], "the control API asked for a failure")
        if rules.under_kms(entry):
            raise Refused("SrcObjectNotEligible", "the local AWS does not replicate objects under KMS keys yet")
        self._check_destination(task, entry)
        role = self._role(config.get("Role", ""), task)
        return getattr(self, f"_{task['kind']}")(task, entry, rule, role)

    def _rule(self, task, entry, config):
        key = task["key"]
        if task["kind"] == "marker":
            return rules.for_marker(config, key).get(task["destination"]["bucket"])
        tags = self._s3._object_tags.get((task["source"]["bucket"], key, task["version"]))
        return rules.for_object(config, key, tags, entry).get(task["destination"]["bucket"])

    def _check_destination(self, task, entry):
        s3, name = self._s3, task["destination"]["bucket"]
        owner = s3._bucket_owner_account(name)
        if owner is None:
            raise Refused("DstBucketNotFound", f"there is no bucket {name}")
        if owner != task["account"]:
            raise Refused("DstPutObjectNotPermitted", f"{name} belongs to account {owner}; the local AWS replicates within an account only")
        if s3._bucket_versioning.get(name) != "Enabled":
            raise Refused("DstBucketUnversioned", f"versioning of {name} is {s3._bucket_versioning.get(name) or 'off'}")
        locked = (task["source"]["bucket"], task["key"], entry["version_id"])
        if (s3._object_retention.get(locked) or s3._object_legal_hold.get(locked)) and not s3._bucket_object_lock.get(name):
            raise Refused("DstBucketObjectLockConfigMissing", f"Object Lock of {name} is off")

    def _role(self, arn, task):
        """The role, with the permissions that every copy needs checked: to read the configuration and to list the source."""
        source = task["source"]["bucket"]
        at = (task["account"], arn, source)
        if at not in self._roles:
            try:
                self._roles[at] = self._assume(arn, task)
            except Refused as refused:
                self._roles[at] = refused
        if isinstance(self._roles[at], Refused):
            raise self._roles[at]
        return self._roles[at]

    def _assume(self, arn, task):
        source, region = task["source"]["bucket"], task["source"]["region"]
        role = Role(arn, task["account"], source)
        # S3 documents no reason of its own for these two.
        role.require("SrcBucketReplicationConfigMissing", "s3:GetReplicationConfiguration", f"arn:aws:s3:::{source}", region)
        role.require("SrcHeadObjectNotPermitted", "s3:ListBucket", f"arn:aws:s3:::{source}", region)
        return role

    def _require_reading(self, task, role, content):
        resource, region = f"arn:aws:s3:::{task['source']['bucket']}/{task['key']}", task["source"]["region"]
        # s3:GetObjectVersion is the older way to allow it.
        if content and not role.allows("s3:GetObjectVersion", resource, region):
            role.require("SrcGetObjectNotPermitted", "s3:GetObjectVersionForReplication", resource, region)
        role.require("SrcGetAclNotPermitted", "s3:GetObjectVersionAcl", resource, region)
        role.require("SrcGetTaggingNotPermitted", "s3:GetObjectVersionTagging", resource, region)

    def _require_writing(self, task, role, code, action):
        resource = f"arn:aws:s3:::{task['destination']['bucket']}/{task['key']}"
        role.require(code, action, resource, task["destination"]["region"])

    def _object(self, task, entry, rule, role):
        s3, source, destination, key = self._s3, task["source"]["bucket"], task["destination"]["bucket"], task["key"]
        self._require_reading(task, role, content=True)
        parts = entry.get("parts")
        self._require_writing(task, role, "DstMultipartInitNotPermitted" if parts else "DstPutObjectNotPermitted", "s3:ReplicateObject")
        if s3._object_tags.get((source, key, entry["version_id"])):
            self._require_writing(task, role, "DstPutTaggingNotPermitted", "s3:ReplicateTags")
        if versions.find(s3, destination, key, entry["version_id"]) is not None:
            return DONE
        replica = versions.replica_of(entry)
        override = rule.get("Destination") or {}
        if override.get("StorageClass"):
            replica["storage_class"] = override["StorageClass"]
        versions.insert(s3, destination, key, replica)
        versions.copy_metadata(s3, source, destination, key, entry["version_id"])
        s3._fire_s3_event_async(destination, key, "s3:ObjectCreated:Put", size=entry["size"], etag=entry["etag"], version_id=entry["version_id"])
        return DONE

    def _marker(self, task, entry, _rule, role):
        s3, destination, key = self._s3, task["destination"]["bucket"], task["key"]
        self._require_writing(task, role, "DstDelObjNotPermitted", "s3:ReplicateDelete")
        if versions.find(s3, destination, key, entry["version_id"]) is None:
            versions.insert(s3, destination, key, versions.replica_of(entry))
            s3._fire_s3_event_async(
                destination, key, "s3:ObjectRemoved:DeleteMarkerCreated", deletion_type="Delete Marker Created", version_id=entry["version_id"])
        return DONE

    def _metadata(self, task, entry, _rule, role):
        s3, source, destination, key = self._s3, task["source"]["bucket"], task["destination"]["bucket"], task["key"]
        self._require_reading(task, role, content=False)
        self._require_writing(task, role, "DstPutTaggingNotPermitted", "s3:ReplicateTags")
        self._require_writing(task, role, "DstPutAclNotPermitted", "s3:ReplicateObject")
        held = versions.find(s3, destination, key, entry["version_id"])
        if held is None:
            if not task.get("final"):
                return LATER
            raise Refused("DstVersionNotFound", f"{destination} has no version {entry['version_id']} of it")
        if entry["_changed"] > held.get("_changed", 0):
            versions.copy_metadata(s3, source, destination, key, entry["version_id"])
            held["_changed"] = entry["_changed"]
        return DONE
