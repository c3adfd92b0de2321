"""Which rules of a replication configuration cover a version. Pure."""

# Not replicated, whatever the rule says (Amazon S3 user guide, "What does Amazon S3 replicate?").
ARCHIVED = ("GLACIER", "DEEP_ARCHIVE")


def _filter(rule):
    return rule.get("Filter") or {}


def prefix_of(rule):
    """V1 rules carry the prefix themselves, V2 rules in their filter."""
    if rule.get("Prefix") is not None:
        return rule["Prefix"]
    return _filter(rule).get("Prefix") or (_filter(rule).get("And") or {}).get("Prefix") or ""


def tags_of(rule):
    tags = [_filter(rule)["Tag"]] if _filter(rule).get("Tag") else (_filter(rule).get("And") or {}).get("Tags", [])
    return {tag.get("Key", ""): tag.get("Value", "") for tag in tags}


def bucket_of(rule):
    return ((rule.get("Destination") or {}).get("Bucket") or "").split(":::")[-1]


def has_metrics(rule):
    return ((rule.get("Destination") or {}).get("Metrics") or {}).get("Status") == "Enabled"


def syncs_replicas(rule):
    """Whether changes of a replica's tags, ACL or lock are sent by this rule (replica modification sync)."""
    criteria = rule.get("SourceSelectionCriteria") or {}
    return (criteria.get("ReplicaModifications") or {}).get("Status") == "Enabled"


def under_kms(record):
    return (record.get("preserved_headers") or {}).get("x-amz-server-side-encryption", "").startswith("aws:kms")


def _takes_kms(rule):
    criteria = rule.get("SourceSelectionCriteria") or {}
    return (criteria.get("SseKmsEncryptedObjects") or {}).get("Status") == "Enabled"


def _strongest(rules):
    """One rule per destination: priority decides only between rules of the same destination, the higher number wins."""
    chosen = {}
    for rule in rules:
        current = chosen.get(bucket_of(rule))
        if current is None or rule.get("Priority", 0) > current.get("Priority", 0):
            chosen[bucket_of(rule)] = rule
    return chosen


def _enabled(config, key):
    rules = (config or {}).get("Rules", [])
    return [rule for rule in rules if rule.get("Status") == "Enabled" and key.startswith(prefix_of(rule))]


def for_object(config, key, tags, record):
    """Destination bucket -> rule for a stored object."""
    if record.get("storage_class") in ARCHIVED:
        return {}
    tags = tags or {}
    covering = _strongest(
        rule for rule in _enabled(config, key) if all(tags.get(name) == value for name, value in tags_of(rule).items()))
    if under_kms(record):
        return {bucket: rule for bucket, rule in covering.items() if _takes_kms(rule)}
    return covering


def for_marker(config, key):
    """Destination bucket -> rule for a delete marker: always with V1, by choice with V2, never with a tag filter."""
    covering = _strongest(rule for rule in _enabled(config, key) if not tags_of(rule))
    return {
        bucket: rule for bucket, rule in covering.items()
        if "Filter" not in rule or (rule.get("DeleteMarkerReplication") or {}).get("Status") == "Enabled"}
