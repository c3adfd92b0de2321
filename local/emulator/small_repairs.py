"""Small things in which ministack's S3 differs from S3, where an operator's tool would trip over them."""

import functools

LARGEST_PAGE = 1000
AFTER_ALL = "\U0010ffff"


def install(s3):
    s3._list_multipart_uploads = _with_markers(s3)
    s3._check_put_preconditions = _with_star_only(s3)


def _with_markers(s3):
    """A key marker without an upload's begins after the key, and a page has a thousand at most (API reference, ListMultipartUploads)."""
    original = s3._list_multipart_uploads

    @functools.wraps(original)
    def list_uploads(bucket, query):
        page = min(int(s3._qp(query, "max-uploads", str(LARGEST_PAGE))), LARGEST_PAGE)
        query = {**query, "max-uploads": [str(page)]}
        if s3._qp(query, "upload-id-marker", "") or not s3._qp(query, "key-marker", ""):
            return original(bucket, query)
        status, headers, body = original(bucket, {**query, "upload-id-marker": [AFTER_ALL]})
        return status, headers, body.replace(AFTER_ALL.encode(), b"")

    return list_uploads


def _with_star_only(s3):
    """A write takes If-None-Match with * alone (user guide, "How to prevent object overwrites with conditional writes")."""
    original = s3._check_put_preconditions

    @functools.wraps(original)
    def check(headers, existing):
        if headers.get("if-none-match", "*").strip() not in ("", "*"):
            return s3._error("NotImplemented", "A header you provided implies functionality that is not implemented", 501)
        return original(headers, existing)

    return check
