import { Annotations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** An error that names the construct; the message says the property, the rule, what was got and the way out. */
export function invalid(scope: IConstruct, message: string): Error {
  return new Error(`${scope.node.path}: ${message}`);
}

/** A warning that the user may acknowledge by its id. */
export function warn(scope: IConstruct, id: string, message: string): void {
  const fullId = `cdk-s3-failover:${id}`;
  Annotations.of(scope).addWarningV2(fullId, `${message}. If that is meant, acknowledge it: Annotations.of(construct).acknowledgeWarning('${fullId}').`);
}

/** Strings as an error shows them. */
export function list(values: readonly string[]): string {
  return `[${values.map((value) => `"${value}"`).join(', ')}]`;
}
