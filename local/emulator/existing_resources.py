"""Lets a change set with ImportExistingResources take over the buckets it found.

ministack finds them, and then fails the deployment since buckets of these names exist: its early validation does not know
which resources are imported. CloudFormation does import them (user guide, "Import AWS resources into a CloudFormation stack
automatically"). Every other finding of that validation stands.
"""

import contextvars
import functools


def install(ministack, s3):
    from ministack.services.cloudformation import changesets, stacks

    imported = contextvars.ContextVar("imported", default=frozenset())
    deploy, validate = stacks._deploy_stack_async, stacks._validation_errors

    @functools.wraps(deploy)
    async def deploy_with_imports(*args, **kwargs):
        imported.set(frozenset(kwargs.get("imports") or ()))
        return await deploy(*args, **kwargs)

    @functools.wraps(validate)
    def validate_the_rest(*args, **kwargs):
        return [error for error in validate(*args, **kwargs)
                if not (error[2] == "NAME_CONFLICT_VALIDATION" and error[0] in imported.get())]

    stacks._deploy_stack_async = changesets._deploy_stack_async = deploy_with_imports
    stacks._validation_errors = validate_the_rest
