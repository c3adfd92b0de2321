"""Judges PutEvents entry by entry, with what each says of itself (service authorization reference, Amazon EventBridge: `events:source`,
`events:detail-type`, `events:eventBusInvocation`). ministack judges each bus once and fills in no such key, so that a permission with a
condition on the source allows nothing, and a refusal with one refuses nothing. One entry that is refused refuses the request.
"""

import contextvars
import functools
import json

ACTION = "events:PutEvents"

# Entries of the request that is being judged.
_entries = contextvars.ContextVar("event_entries", default=())


def install(_ministack, _s3):
    from ministack.core import iam_actions, iam_evaluator

    iam_actions.request_tag_context = _noting(iam_actions.request_tag_context)
    iam_evaluator.enforce = _each(iam_evaluator.enforce)


def _noting(original):
    """Asked once for each request, before it is judged."""
    @functools.wraps(original)
    def tag_context(service, action, body, *args, **kwargs):
        _entries.set(_entries_in(body) if action == ACTION else ())
        return original(service, action, body, *args, **kwargs)

    return tag_context


def _entries_in(body):
    try:
        found = json.loads(body or b"{}")
    except ValueError:
        return ()
    entries = found.get("Entries") if isinstance(found, dict) else None
    return tuple(entry for entry in entries if isinstance(entry, dict)) if isinstance(entries, list) else ()


def _each(original):
    from ministack.core.responses import get_account_id

    def arn_of(entry, region):
        bus = entry.get("EventBusName")
        bus = bus if isinstance(bus, str) and bus else "default"
        return bus if bus.startswith("arn:") else f"arn:aws:events:{region}:{get_account_id()}:event-bus/{bus}"

    @functools.wraps(original)
    def enforce(access_key, action, service, region, resource_arn="*", service_context=None):
        def ask(keys):
            return original(access_key, action, service, region, resource_arn=resource_arn, service_context={**(service_context or {}), **keys})

        if action != ACTION:
            return ask({})
        each = [_keys(entry) for entry in _entries.get() if arn_of(entry, region) == resource_arn]
        return next((denied for denied in map(ask, each or [{}]) if denied is not None), None)

    return enforce


def _keys(entry):
    """A key without a value is not there."""
    keys = {"events:source": entry.get("Source"), "events:detail-type": entry.get("DetailType"), "events:eventBusInvocation": "false"}
    return {key: value for key, value in keys.items() if isinstance(value, str)}
