"""How long what CloudWatch calls a minute lasts, for the metrics that S3 publishes of replication rules.

Tests shorten it, and clients go on asking for a period of 60 s: a period counts such minutes then, and timestamps stay real.
"""

SECONDS_OF_AWS = 60
METRICS = ("ReplicationLatency", "BytesPendingReplication", "OperationsPendingReplication", "OperationsFailedReplication")

seconds = SECONDS_OF_AWS


def real_period(namespace, name, period):
    if namespace != "AWS/S3" or name not in METRICS:
        return period
    return max(1, period * seconds // SECONDS_OF_AWS)
