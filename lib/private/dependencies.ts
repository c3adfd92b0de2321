import type { CfnResource, Stack } from 'aws-cdk-lib';

/** Names since some version after our floor; later versions warn of the ones before. */
interface Renamed {
  addResourceDependency?(target: CfnResource): void;
  addStackDependency?(target: Stack, reason?: string): void;
}

/** Makes a resource wait for others of its stack. */
export function waitFor(resource: CfnResource, ...targets: CfnResource[]): void {
  const renamed = resource as Renamed;
  for (const target of targets) {
    if (renamed.addResourceDependency) renamed.addResourceDependency(target);
    else resource.addDependency(target);
  }
}

/** Makes a stack wait for another one. */
export function deployAfter(stack: Stack, target: Stack, reason: string): void {
  const renamed = stack as Renamed;
  if (renamed.addStackDependency) renamed.addStackDependency(target, reason);
  else stack.addDependency(target, reason);
}
