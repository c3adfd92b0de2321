"""What S3 checks, and ministack does not, when a replication configuration is put or versioning is changed."""

import functools

GUIDE = "Please refer to S3 Developer Guide for more information."
SCHEMA = f"this version of Cross Region Replication configuration schema. {GUIDE}"


def install(app, s3):
    s3._dispatch = _with_pass_role(app, s3)
    s3._put_bucket_replication = _with_rules_checked(s3)
    s3._put_bucket_versioning = _with_versioning_held(s3)


def _with_pass_role(app, s3):
    """The caller hands a role to S3, and so needs iam:PassRole on it, whoever the caller is."""
    original = s3._dispatch

    @functools.wraps(original)
    def dispatch(method, bucket, key, headers, body, query):
        if method == "PUT" and bucket and not key and "replication" in query:
            role = _text(s3, body, "Role")
            denied = role and app._enforce_data_plane(
                "s3", "iam:PassRole", headers, query, "", resource_arn=role, named_resource=role,
                service_context={"iam:PassedToService": "s3.amazonaws.com", "iam:AssociatedResourceArn": f"arn:aws:s3:::{bucket}"})
            if denied:
                return denied
        return original(method, bucket, key, headers, body, query)

    return dispatch


def _with_rules_checked(s3):
    original = s3._put_bucket_replication

    @functools.wraps(original)
    def put(bucket, body):
        try:
            rules = [element for element in s3.fromstring(body) if _local(element) == "Rule"]
        except (s3.ParseError, ValueError):
            return original(bucket, body)
        refusal = _refusal(s3, rules)
        return s3._error("InvalidRequest", refusal, 400, f"/{bucket}") if refusal else original(bucket, body)

    return put


def _refusal(s3, rules):
    """S3's words for what ministack lets pass; the one about equal priorities is ours, S3's is not documented."""
    children = [{_local(child): child for child in rule} for rule in rules]
    for rule in children:
        marker = rule.get("DeleteMarkerReplication")
        if "Filter" not in rule:
            if marker is not None:
                return f"DeleteMarkerReplication cannot be used for {SCHEMA}"
            continue
        for name in ("DeleteMarkerReplication", "Priority"):
            if name not in rule:
                return f"{name} must be specified for {SCHEMA}"
        if (marker.findtext("{*}Status") or "") == "Enabled" and any(_local(child) == "Tag" for child in rule["Filter"].iter()):
            return f"Delete marker replication is not supported if any Tag filter is specified. {GUIDE}"
    priorities = [rule["Priority"].text for rule in children if "Priority" in rule]
    if len(set(priorities)) < len(priorities):
        return "Rules must have different priorities."
    destinations = {rule["Destination"].findtext("{*}Bucket") or "" for rule in children if "Destination" in rule}
    if len(destinations) > 1 and any("Filter" not in rule for rule in children):
        return "Number of distinct destination bucket ARNs cannot exceed 1"
    if any(s3._bucket_owner_account(arn.split(":::")[-1]) is None for arn in destinations):
        return "Destination bucket must exist."
    return None


def _local(element):
    return element.tag.split("}")[-1]


def _with_versioning_held(s3):
    original = s3._put_bucket_versioning

    @functools.wraps(original)
    def put(bucket, body):
        if _text(s3, body, "Status") == "Suspended" and s3._bucket_replication.get(bucket):
            return s3._error(
                "InvalidBucketState",
                "A replication configuration is present on this bucket, so you cannot change the versioning state. "
                "To change the versioning state, first delete the replication configuration.", 409, f"/{bucket}")
        return original(bucket, body)

    return put


def _text(s3, body, tag):
    try:
        element = s3._find_xml_tag(s3.fromstring(body), tag)
    except (s3.ParseError, ValueError):
        return ""
    return (element.text or "") if element is not None else ""
