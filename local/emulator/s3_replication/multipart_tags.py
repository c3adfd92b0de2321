"""Tags given when a multipart upload begins, which ministack drops: rules with a tag filter depend on them."""

import contextvars
import functools
from urllib.parse import parse_qs

# Tags of the upload that is being completed, for the rules that look at the object about to be stored.
completing = contextvars.ContextVar("completing", default=None)


def install(s3):
    s3._create_multipart_upload = _remembering(s3)
    s3._complete_multipart_upload = _applying(s3)


def _remembering(s3):
    original = s3._create_multipart_upload

    @functools.wraps(original)
    def create(bucket, key, headers):
        response = original(bucket, key, headers)
        if response[0] == 200 and headers.get("x-amz-tagging"):
            upload = s3._find_xml_tag(s3.fromstring(response[2]), "UploadId").text
            tags = parse_qs(headers["x-amz-tagging"], keep_blank_values=True)
            s3._multipart_uploads[upload]["tags"] = {name: values[0] for name, values in tags.items()}
        return response

    return create


def _applying(s3):
    original = s3._complete_multipart_upload

    @functools.wraps(original)
    def complete(bucket, key, body, query, headers=None):
        tags = (s3._multipart_uploads.get(s3._qp(query, "uploadId")) or {}).get("tags")
        token = completing.set(tags)
        try:
            response = original(bucket, key, body, query, headers)
        finally:
            completing.reset(token)
        if tags and response[0] == 200:
            s3._object_tags[(bucket, key, s3._buckets[bucket]["objects"][key].get("version_id"))] = tags
        return response

    return complete
