import { Explained } from '../calls/explained';

/** Where a custom resource lives, read from its stack's ARN. */
export interface StackPlace {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
  readonly name: string;
}

export function stackPlace(stackId: string): StackPlace {
  const match = /^arn:(aws(?:-[a-z]+)*):cloudformation:([a-z0-9-]+):(\d{12}):stack\/([A-Za-z][A-Za-z0-9-]*)\//.exec(stackId);
  if (!match) throw new Explained(`'StackId' must be the ARN of a CloudFormation stack, got '${stackId}'`);
  return { partition: match[1], region: match[2], account: match[3], name: match[4] };
}
