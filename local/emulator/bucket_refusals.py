"""What S3 refuses and ministack does not.

- A bucket policy that is no JSON object: `MalformedPolicy` (S3 API reference, PutBucketPolicy). ministack keeps any text.
- A request that says whose the bucket must be, and it is somebody else's: `AccessDenied` (user guide, "Verifying bucket
  ownership with bucket owner condition"). ministack does not look.

Both are refused after the caller's permissions were judged, as by S3.
"""

import functools
import json

EXPECTED_OWNER = "x-amz-expected-bucket-owner"


def install(_ministack, s3):
    dispatch, put_policy = s3._dispatch, s3._put_bucket_policy

    @functools.wraps(dispatch)
    def dispatch_to_owner(method, bucket, key, headers, body, query_params):
        expected, owner = headers.get(EXPECTED_OWNER), s3._bucket_owner_account(bucket)
        if expected and owner and expected != owner:
            return s3._error("AccessDenied", "Access Denied", 403, f"/{bucket}")
        return dispatch(method, bucket, key, headers, body, query_params)

    @functools.wraps(put_policy)
    def put_wellformed_policy(name, body):
        if not is_object(body):
            return s3._error("MalformedPolicy", "Policies must be valid JSON and the first byte must be '{'", 400, f"/{name}")
        return put_policy(name, body)

    s3._dispatch = dispatch_to_owner
    s3._put_bucket_policy = put_wellformed_policy


def is_object(body):
    try:
        return isinstance(json.loads(body), dict)
    except ValueError:
        return False
