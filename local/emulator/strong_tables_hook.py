"""Global tables by CloudFormation, and those with multi-Region strong consistency (DynamoDB developer guide, "How global tables work").

ministack ignores `Replicas` and `MultiRegionConsistency` of AWS::DynamoDB::GlobalTable, and UpdateTable's consistency, and copies
every write to the other Regions afterwards. Here:

- A template's replicas exist, with what the table has.
- A strongly consistent table has one store that each Region's endpoint reads and writes. The emulator serves one DynamoDB request
  at a time, so that conditional writes of all Regions stand in one order.
- With two of its three Regions dead, the last refuses writes and strong reads, and still answers eventually consistent reads. Which
  Regions are dead the gateway says with each request (local/gateway/strong-tables.ts). That it is a 500 InternalServerError is ours:
  of the errors that the API reference lists for these calls, no other is meant for it.
"""

import functools
import json

DEAD_HEADER = "x-local-aws-dead-regions"
REPLICAS = 3
WRITES = ("PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem")
TRANSACTIONS = ("TransactWriteItems", "TransactGetItems", "ExecuteTransaction")
# On a table's record: all Regions write into one store.
STRONG = "_strong"


def install(app, _s3):
    from ministack.services.cloudformation import provisioners

    dynamodb = app._get_module("dynamodb")
    tables = _Tables(dynamodb)
    handlers = provisioners._RESOURCE_HANDLERS["AWS::DynamoDB::GlobalTable"]
    handlers["create"] = _created_with_replicas(handlers["create"], tables)
    handlers["update"] = _updated_in_place(handlers["update"])
    handlers["delete"] = _deleted_everywhere(handlers["delete"], tables)
    dynamodb._update_table = _with_consistency(dynamodb._update_table, dynamodb, tables)
    dynamodb._table_description = _with_description(dynamodb._table_description, dynamodb)
    dynamodb._replicate_write = _only_eventual(dynamodb._replicate_write)
    dynamodb.handle_request = _by_majority(dynamodb.handle_request, dynamodb)


class _Tables:
    def __init__(self, dynamodb):
        self._dynamodb = dynamodb

    def replicate(self, name, regions):
        table = self._dynamodb._tables[name]
        for region in regions:
            if region == self._dynamodb.get_region():
                continue
            if self._dynamodb._tables.get_scoped(self._dynamodb.get_account_id(), region, name) is not None:
                raise ValueError(f"Failed to create the replica in {region} of table '{name}' because a table of that name exists there.")
            self._dynamodb._create_replica(name, table, region)
        self._dynamodb._set_replica_group(name, regions)

    def share(self, name, regions):
        """Makes one store of those that the Regions have. They are empty, as AWS demands."""
        store = self._dynamodb._tables[name]["items"]
        for region in regions:
            replica = self._dynamodb._tables.get_scoped(self._dynamodb.get_account_id(), region, name)
            replica["items"] = store
            replica[STRONG] = True

    def remove(self, name):
        table = self._dynamodb._tables.get(name)
        for region in self._dynamodb._replica_group(table) if table else []:
            if region != self._dynamodb.get_region():
                self._dynamodb._tables.pop_scoped(self._dynamodb.get_account_id(), region, name, None)


def _created_with_replicas(original, tables):
    @functools.wraps(original)
    def create(logical_id, props, stack_name):
        regions = [replica["Region"] for replica in props.get("Replicas") or []]
        strong = props.get("MultiRegionConsistency") == "STRONG"
        if strong and len(regions) + len(props.get("GlobalTableWitnesses") or []) != REPLICAS:
            raise ValueError(f"MultiRegionConsistency STRONG needs a table in exactly {REPLICAS} Regions, got {regions}")
        if strong and len(regions) != REPLICAS:
            raise ValueError("GlobalTableWitnesses are not emulated")
        name, attributes = original(logical_id, props, stack_name)
        if len(regions) > 1:
            tables.replicate(name, regions)
        if strong:
            tables.share(name, regions)
        return name, attributes

    return create


def _updated_in_place(original):
    @functools.wraps(original)
    def update(physical_id, old_props, new_props, stack_name, *args, **kwargs):
        for prop, of in (("Replicas", lambda props: sorted(one["Region"] for one in props.get("Replicas") or [])),
                         ("MultiRegionConsistency", lambda props: props.get("MultiRegionConsistency"))):
            if of(old_props) != of(new_props):
                raise ValueError(f"a change of {prop} is not emulated")
        return original(physical_id, old_props, new_props, stack_name, *args, **kwargs)

    return update


def _deleted_everywhere(original, tables):
    @functools.wraps(original)
    def delete(physical_id, props):
        tables.remove(physical_id)
        return original(physical_id, props)

    return delete


def _with_consistency(original, dynamodb, tables):
    """UpdateTable makes a table strongly consistent when it adds the other two Regions at once, while it is empty."""

    @functools.wraps(original)
    def update(data):
        strong = data.get("MultiRegionConsistency") == "STRONG"
        table = dynamodb._tables.get(dynamodb._normalize_table_name(data.get("TableName")))
        created = [one["Create"]["RegionName"] for one in data.get("ReplicaUpdates") or [] if "Create" in one]
        if strong and (len(created) != REPLICAS - 1 or (table or {}).get("items")):
            return dynamodb.error_response_json("ValidationException", "MultiRegionConsistency STRONG needs an empty table and two new replicas.", 400)
        if table and table.get(STRONG) and data.get("ReplicaUpdates"):
            return dynamodb.error_response_json("ValidationException", "The replicas of a strongly consistent table cannot be changed.", 400)
        answer = original(data)
        if strong and answer[0] == 200:
            tables.share(table["TableName"], dynamodb._replica_group(table))
        return answer

    return update


def _with_description(original, dynamodb):
    @functools.wraps(original)
    def describe(name):
        description = original(name)
        table = dynamodb._tables[name]
        if dynamodb._replica_group(table):
            description["MultiRegionConsistency"] = "STRONG" if table.get(STRONG) else "EVENTUAL"
        return description

    return describe


def _only_eventual(original):
    @functools.wraps(original)
    def replicate(table, *args):
        return None if table.get(STRONG) else original(table, *args)

    return replicate


def _by_majority(original, dynamodb):
    @functools.wraps(original)
    async def handle(method, path, headers, body, query_params):
        dead = set(filter(None, headers.get(DEAD_HEADER, "").split(",")))
        action = headers.get("x-amz-target", "").split(".")[-1]
        for name, consistent in _touched(action, body):
            table = dynamodb._tables.get(dynamodb._normalize_table_name(name)) if name else None
            if table is None or not table.get(STRONG):
                continue
            if action in TRANSACTIONS:
                return dynamodb.error_response_json("ValidationException", "Transactions are not supported on tables with multi-Region strong consistency.", 400)
            living = [region for region in dynamodb._replica_group(table) if region not in dead]
            if consistent and len(living) * 2 <= REPLICAS:
                return dynamodb.error_response_json("InternalServerError", "Internal server error", 500)
        return await original(method, path, headers, body, query_params)

    return handle


def _touched(action, body):
    """Tables of a request, each with whether it is asked for what only a majority can say."""
    try:
        data = json.loads(body) if body else {}
    except ValueError:
        return []
    if action in TRANSACTIONS:
        items = [operation for one in data.get("TransactItems") or [] for operation in one.values()]
        return [(one.get("TableName"), True) for one in items]
    if action == "BatchWriteItem":
        return [(name, True) for name in data.get("RequestItems") or {}]
    if action == "BatchGetItem":
        return [(name, bool(asked.get("ConsistentRead"))) for name, asked in (data.get("RequestItems") or {}).items()]
    return [(data.get("TableName"), action in WRITES or (action in ("GetItem", "Query", "Scan") and bool(data.get("ConsistentRead"))))]
