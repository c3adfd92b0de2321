"""What S3 checks, and ministack does not, when a replication configuration is put or versioning is changed."""

import functools


def install(app, s3):
    s3._dispatch = _with_pass_role(app, s3)
    s3._put_bucket_replication = _with_existing_destinations(s3)
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


def _with_existing_destinations(s3):
    original = s3._put_bucket_replication

    @functools.wraps(original)
    def put(bucket, body):
        try:
            root = s3.fromstring(body)
        except (s3.ParseError, ValueError):
            return original(bucket, body)
        for element in root.iter():
            if element.tag.split("}")[-1] != "Destination":
                continue
            name = (s3._find_xml_tag(element, "Bucket").text or "").split(":::")[-1]
            if s3._bucket_owner_account(name) is None:
                return s3._error("InvalidRequest", "Destination bucket must exist.", 400, f"/{bucket}")
        return original(bucket, body)

    return put


def _with_versioning_held(s3):
    original = s3._put_bucket_versioning

    @functools.wraps(original)
    def put(bucket, body):
        if _text(s3, body, "Status") == "Suspended" and s3._bucket_replication.get(bucket):
            return s3._error(
                "InvalidBucketState",
                "A replication configuration is present on this bucket, so the versioning state cannot be changed.", 409, f"/{bucket}")
        return original(bucket, body)

    return put


def _text(s3, body, tag):
    try:
        element = s3._find_xml_tag(s3.fromstring(body), tag)
    except (s3.ParseError, ValueError):
        return ""
    return (element.text or "") if element is not None else ""
