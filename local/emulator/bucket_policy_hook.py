"""Bucket policies as S3 judges by them.

- A policy that was put or deleted counts only after a delay, which the gateway sends with each request of a client
  (local/gateway/bucket-policies.ts); reading it back shows the new one at once.
- A Deny hits the account's root too. ministack lets root do everything. As in AWS, the policy itself remains in root's hands
  (Amazon S3 user guide, "Bucket policies"). Requests that are the gateway's own, without that header, are let through.
"""

import contextvars
import functools
import time

DELAY_HEADER = b"x-local-aws-policy-delay"
# What root of the owning account may do whatever the policy says.
ROOT_KEEPS = ("s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy")

# Milliseconds; None for a request that is not a client's.
_delay = contextvars.ContextVar("policy_delay", default=None)


def install(app, s3):
    _read_delay(app)
    effective = _Effective()
    for name in ("_put_bucket_policy", "_delete_bucket_policy"):
        setattr(s3, name, _delayed(s3, getattr(s3, name), effective))
    s3._create_bucket = _forgetting(s3._create_bucket, effective)
    s3.bucket_policy_for_arn = _in_effect(s3.bucket_policy_for_arn, effective)
    _deny_root()


class _Effective:
    """Policies whose change is still on its way: what counts now, and what will from when on."""

    def __init__(self):
        self._buckets = {}

    def change(self, bucket, old, new, delay_ms):
        now, coming = self._buckets.get(bucket, (old, []))
        at = time.time() + delay_ms / 1000
        # The last word wins: an earlier one that would arrive after it is dropped.
        self._buckets[bucket] = (now, [change for change in coming if change[0] < at] + [(at, new)])

    def forget(self, bucket):
        self._buckets.pop(bucket, None)

    def of(self, bucket, stored):
        if bucket not in self._buckets:
            return stored
        now, coming = self._buckets[bucket]
        while coming and coming[0][0] <= time.time():
            now = coming.pop(0)[1]
        if not coming:
            self.forget(bucket)
            return stored
        self._buckets[bucket] = (now, coming)
        return now


def _read_delay(app):
    emulator = app.app

    async def with_delay(scope, receive, send):
        sent = dict(scope["headers"]).get(DELAY_HEADER) if scope["type"] == "http" else None
        _delay.set(None if sent is None else float(sent))
        return await emulator(scope, receive, send)

    app.app = with_delay


def _delayed(s3, original, effective):
    @functools.wraps(original)
    def change(name, *args):
        old = s3._bucket_policies.get(name) or ""
        response = original(name, *args)
        if response[0] < 300:
            effective.change(name, old, s3._bucket_policies.get(name) or "", _delay.get() or 0)
        return response

    return change


def _forgetting(original, effective):
    @functools.wraps(original)
    def create(name, *args, **kwargs):
        response = original(name, *args, **kwargs)
        if response[0] == 200:
            effective.forget(name)
        return response

    return create


def _in_effect(original, effective):
    @functools.wraps(original)
    def policy_for(resource_arn):
        found = original(resource_arn)
        if found is None or not resource_arn.startswith("arn:aws:s3:::"):
            return found
        bucket = resource_arn.removeprefix("arn:aws:s3:::").split("/", 1)[0]
        return effective.of(bucket, found[0]), found[1]

    return policy_for


def _deny_root():
    from ministack.core import iam_evaluator
    from ministack.core.responses import get_account_id

    original = iam_evaluator.enforce

    @functools.wraps(original)
    def enforce(access_key, action, service, region, resource_arn="*", service_context=None):
        denied = original(access_key, action, service, region, resource_arn=resource_arn, service_context=service_context)
        if denied is not None or service != "s3" or not access_key or _delay.get() is None or action in ROOT_KEEPS:
            return denied
        found = iam_evaluator._resource_policy(service, resource_arn)
        if found is None or not found[0]:
            return None
        principal = iam_evaluator.resolve_principal(access_key, get_account_id())
        if isinstance(principal, iam_evaluator.AuthError) or principal.policies is not None:
            return None
        context = iam_evaluator.EvalContext(
            principal_arn=principal.arn, principal_type=principal.type, principal_account=principal.account, action=action,
            resource_arn=resource_arn, region=region, principal_keys=principal.keys,
            service_context={key.lower(): value for key, value in (service_context or {}).items()})
        result = iam_evaluator.evaluate_resource_policy(found[0], context)
        if result.decision != "Deny":
            return None
        result.resource_policy_arn = resource_arn
        return result

    iam_evaluator.enforce = enforce
