"""What a replication role may do, asked of the emulator's own IAM evaluator."""

import json

S3 = "s3.amazonaws.com"


class Refused(Exception):
    """Ends one copy for good: the code is one of S3's replication failure reasons."""

    def __init__(self, code, reason):
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Role:
    """A session of the role named in a replication configuration, as S3 would assume it for one bucket."""

    def __init__(self, arn, account, bucket):
        from ministack.core import iam_evaluator
        from ministack.services import iam

        self._evaluator = iam_evaluator
        self._account = account
        self.arn = arn
        name = arn.rsplit("/", 1)[-1]
        role = iam._roles.get_scoped(account, None, name)
        if role is None or role.get("Arn") != arn:
            raise Refused("AssumeRoleNotPermitted", f"there is no role {arn}")
        self._session = f"arn:{arn.split(':')[1]}:sts::{account}:assumed-role/{name}/s3-replication"
        self._check_trust(role.get("AssumeRolePolicyDocument"), bucket)
        self._policies = iam_evaluator._gather_role_policies(name, account)
        self._limits = iam_evaluator._permissions_boundary(iam._roles, name, account)

    def _check_trust(self, document, bucket):
        trust = json.loads(document) if isinstance(document, str) else document
        source = {"aws:sourceaccount": self._account, "aws:sourcearn": f"arn:aws:s3:::{bucket}"}
        context = self._context("sts:AssumeRole", self.arn, "us-east-1", principal=S3, service_context=source)
        if self._evaluator.evaluate_resource_policy(trust, context, service=S3).decision != "Allow":
            raise Refused("AssumeRoleNotPermitted", f"role {self.arn} does not trust {S3}")

    def _context(self, action, resource, region, principal=None, service_context=None):
        return self._evaluator.EvalContext(
            principal_arn=principal or self._session,
            principal_type="AssumedRole",
            principal_account=self._account,
            action=action,
            resource_arn=resource,
            region=region,
            secure_transport=True,
            service_context=service_context or {},
        )

    def allows(self, action, resource, region):
        """Identity policies, permissions boundary and the bucket's policy together, as for any request."""
        context = self._context(action, resource, region)
        result = self._evaluator.evaluate(context, self._policies, *self._limits)
        found = self._evaluator._resource_policy("s3", resource)
        if found is not None:
            result = self._evaluator.combine_resource_policy(result, context, *found, limits=self._limits)
        return result.decision == "Allow"

    def require(self, code, action, resource, region):
        if not self.allows(action, resource, region):
            raise Refused(code, f"role {self.arn} may not {action} on {resource}")
