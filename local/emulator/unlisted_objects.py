"""Whoever may not list a bucket is not told that an object is not there: 403 in place of 404 (Amazon S3 API reference, GetObject and
HeadObject). Through an access point both it and the bucket must allow to list. ministack tells everybody. Versions asked for by id, and
requests without a signature, are answered as before.
"""

import functools


def install(app, s3):
    from ministack.core import iam_evaluator
    from ministack.core.responses import get_account_id, get_region
    from ministack.core.router import extract_access_key_id

    original = s3._dispatch

    def may_list(bucket, headers, query_params):
        access_point = app._MRAP_HOST_RE.match(headers.get("host", "").split(":")[0].strip())
        resources = [f"arn:aws:s3:::{bucket}"] + ([f"arn:aws:s3::{get_account_id()}:accesspoint/{access_point.group(1).lower()}"] if access_point else [])
        key = extract_access_key_id(headers, query_params)
        return not key or all(iam_evaluator.enforce(key, "s3:ListBucket", "s3", get_region(), resource_arn=resource) is None for resource in resources)

    @functools.wraps(original)
    def dispatch(method, bucket, key, headers, body, query_params):
        answer = original(method, bucket, key, headers, body, query_params)
        is_plain_read = method in ("GET", "HEAD") and key and not PARTS.intersection(query_params)
        if not is_plain_read or answer[0] != 404 or s3._ensure_bucket(bucket) is None or may_list(bucket, headers, query_params):
            return answer
        return s3._error("AccessDenied", "Access Denied", 403, f"/{bucket}/{key}")

    s3._dispatch = dispatch


# Requests for something else of an object than the object.
PARTS = frozenset({"versionId", "uploadId", "annotation", "tagging", "retention", "legal-hold", "acl", "torrent"})
