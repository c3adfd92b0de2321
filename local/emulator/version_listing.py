"""ListObjectVersions as S3 answers it (Amazon S3 API reference), and quickly for large buckets.

ministack walks every version of every bucket for each page, takes pages of any size, lists common prefixes before all keys,
loses its place when the marker's version was deleted, and encodes no keys.
"""

import functools
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from xml.sax.saxutils import escape

LARGEST_PAGE = 1000
# Markers handed out, with the place of their version: it may be gone when the next page is asked for.
REMEMBERED_MARKERS = 10_000
AFTER_ALL = "\U0010ffff"

_sorted = {}
_new = {}
_markers = OrderedDict()


def install(s3):
    for name in ("_record_object_version", "_record_delete_marker"):
        setattr(s3, name, _noting(getattr(s3, name)))
    s3._list_object_versions = functools.partial(_list, s3)


def note(bucket, key):
    """A key that may be new to the bucket."""
    if bucket in _sorted:
        _new.setdefault(bucket, set()).add(key)


def _noting(original):
    @functools.wraps(original)
    def record(bucket, key, *args):
        note(bucket, key)
        return original(bucket, key, *args)

    return record


def _keys(s3, name):
    """The bucket's keys in order; some may have nothing left. Kept while every write passes through `note`."""
    if s3._bucket_versioning.get(name) != "Enabled":
        _sorted.pop(name, None)
        _new.pop(name, None)
        return _all_keys(s3, name)
    if name not in _sorted:
        _sorted[name] = _all_keys(s3, name)
    known = _sorted[name]
    new = [key for key in _new.pop(name, ()) if not _has(known, key)]
    if new:
        known.extend(new)
        known.sort()
    return known


def _all_keys(s3, name):
    return sorted({*s3._buckets[name]["objects"], *(key for bucket, key in s3._object_versions if bucket == name)})


def _has(known, key):
    place = bisect_left(known, key)
    return place < len(known) and known[place] == key


class _Request:
    def __init__(self, s3, query):
        def text(name):
            return s3._qp(query, name, "")

        self.prefix, self.delimiter = text("prefix"), text("delimiter")
        self.key_marker, self.version_marker = text("key-marker"), text("version-id-marker")
        self.max_keys = min(int(s3._qp(query, "max-keys", str(LARGEST_PAGE))), LARGEST_PAGE)
        self.encoded = text("encoding-type") == "url"

    def group(self, key):
        """The common prefix that stands for the key, if one does."""
        place = key.find(self.delimiter, len(self.prefix)) if self.delimiter else -1
        return None if place == -1 else key[:place + len(self.delimiter)]

    def start(self, keys):
        if not self.key_marker:
            place = 0
        elif self.version_marker:
            place = bisect_left(keys, self.key_marker)
        elif self.group(self.key_marker) == self.key_marker:
            place = bisect_left(keys, self.key_marker + AFTER_ALL)
        else:
            place = bisect_right(keys, self.key_marker)
        return max(place, bisect_left(keys, self.prefix))


def _list(s3, name, query):
    if s3._ensure_bucket(name) is None:
        return s3._no_such_bucket(name)
    request = _Request(s3, query)
    if request.version_marker and not request.key_marker:
        return s3._error("InvalidArgument", "A version-id marker cannot be specified without a key marker.", 400, f"/{name}")
    if request.version_marker and _place_of(s3, name, request.key_marker, request.version_marker) is None:
        return s3._error("InvalidArgument", "Invalid version id specified", 400, f"/{name}")
    found, following = _page(s3, name, request)
    return 200, {"Content-Type": "application/xml"}, _document(s3, name, request, found, following)


def _page(s3, name, request):
    """What is on the page, and the marker for the next one, if there is one."""
    keys, found, marker = _keys(s3, name), [], None
    place = request.start(keys)
    while request.max_keys > 0 and place < len(keys) and keys[place].startswith(request.prefix):
        key = keys[place]
        group = request.group(key)
        entries = _entries(s3, name, key)
        if group is None and key == request.key_marker and request.version_marker:
            entries = _after(s3, name, request, entries)
        # Of a group one entry is enough; a key without any is one that was deleted.
        for entry in entries[:1] if group else entries:
            if len(found) == request.max_keys:
                return found, marker
            found.append((group or key, None if group else entry))
            marker = (group, "") if group else (key, entry["version_id"])
            if not group:
                _remember(name, key, entry)
        place = bisect_left(keys, group + AFTER_ALL) if group and entries else place + 1
    return found, None


def _entries(s3, name, key):
    """Versions of a key, the newest first; an object from before versioning is a null version."""
    versions = s3._object_versions.get((name, key))
    if versions:
        return versions[::-1]
    current = s3._buckets[name]["objects"].get(key)
    return [] if current is None else [{**current, "version_id": current.get("version_id") or "null", "is_latest": True}]


def _after(s3, name, request, entries):
    for place, entry in enumerate(entries):
        if entry["version_id"] == request.version_marker:
            return entries[place + 1:]
    order = _place_of(s3, name, request.key_marker, request.version_marker)
    return [entry for entry in entries if entry.get("_order", 0) < order]


def _place_of(s3, name, key, version):
    """Place of a version in the order of all writes; None for one that never was on a page, nor is there."""
    for entry in _entries(s3, name, key):
        if entry["version_id"] == version:
            return entry.get("_order", 0)
    return _markers.get((name, key, version))


def _remember(name, key, entry):
    _markers[(name, key, entry["version_id"])] = entry.get("_order", 0)
    _markers.move_to_end((name, key, entry["version_id"]))
    while len(_markers) > REMEMBERED_MARKERS:
        _markers.popitem(last=False)


def _document(s3, name, request, found, following):
    def text(value):
        return s3._url_encode(value) if request.encoded else escape(value)

    def element(tag, value):
        return f"<{tag}>{value}</{tag}>"

    owner = f"<Owner>{element('ID', s3._canonical_owner_id())}{element('DisplayName', 'ministack')}</Owner>"

    def listed(key, entry):
        if entry is None:
            return element("CommonPrefixes", element("Prefix", text(key)))
        latest = "true" if entry.get("is_latest") else "false"
        head = element("Key", text(key)) + element("VersionId", entry["version_id"]) + element("IsLatest", latest) + element("LastModified", entry["last_modified"])
        if entry.get("is_delete_marker"):
            return element("DeleteMarker", head + owner)
        return element("Version", head + element("ETag", escape(entry["etag"])) + element("Size", entry["size"])
                       + element("StorageClass", entry.get("storage_class") or "STANDARD") + owner)

    parts = [
        element("Name", name), element("Prefix", text(request.prefix)), element("KeyMarker", text(request.key_marker)),
        element("VersionIdMarker", escape(request.version_marker)), element("MaxKeys", request.max_keys),
        element("IsTruncated", "true" if following else "false")]
    if request.delimiter:
        parts.append(element("Delimiter", text(request.delimiter)))
    if request.encoded:
        parts.append(element("EncodingType", "url"))
    if following:
        parts.append(element("NextKeyMarker", text(following[0])))
        if following[1]:
            parts.append(element("NextVersionIdMarker", following[1]))
    parts += [listed(key, entry) for key, entry in found]
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<ListVersionsResult xmlns="{s3.S3_NS}">{"".join(parts)}</ListVersionsResult>'.encode()
