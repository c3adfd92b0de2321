"""Judges SimulatePrincipalPolicy by the principal that is asked about, as IAM does (service authorization reference, IAM:
its resource types are user, role and group). ministack judges it by no resource, so that a policy naming roles allows nothing.
"""

import functools


def install(_ministack, _s3):
    from ministack.core import iam_actions

    original = iam_actions.extract_resource_arn

    @functools.wraps(original)
    def extract(service, method, path, headers, body, query_params, region, account_id):
        source = iam_actions._query_param(query_params, "PolicySourceArn") if service == "iam" else None
        return source or original(service, method, path, headers, body, query_params, region, account_id)

    iam_actions.extract_resource_arn = extract
