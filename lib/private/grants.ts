import { aws_iam as iam, Stack, Stage, Token } from 'aws-cdk-lib';
import { Construct, type IConstruct } from 'constructs';
import { invalid } from './errors';

/** The actions of each verb: those that `s3.Bucket` grants. */
const READ = ['s3:GetObject*', 's3:GetBucket*', 's3:List*'];
const PUT = ['s3:PutObject', 's3:PutObjectLegalHold', 's3:PutObjectRetention', 's3:PutObjectTagging', 's3:PutObjectVersionTagging', 's3:Abort*'];
const DELETE = ['s3:DeleteObject*'];

/** A verb: actions, and whether any of them concern the bucket itself. */
export interface Verb {
  readonly name: string;
  readonly actions: string[];
  readonly bucketToo: boolean;
}

export const Verbs = {
  READ: { name: 'grantRead', actions: READ, bucketToo: true },
  PUT: { name: 'grantPut', actions: PUT, bucketToo: false },
  DELETE: { name: 'grantDelete', actions: DELETE, bucketToo: false },
  WRITE: { name: 'grantWrite', actions: [...DELETE, ...PUT], bucketToo: false },
  READ_WRITE: { name: 'grantReadWrite', actions: [...READ, ...DELETE, ...PUT], bucketToo: true },
} satisfies { [name: string]: Verb };

/** What a request through an access point touches: S3 checks the access point and the bucket that serves it. */
export interface GrantTarget {
  readonly accessPointArn: string;
  /** ARNs of the buckets, or of what lies in them. */
  readonly bucketArns: (objects?: string) => string[];
}

/** Gives a principal what a verb needs on the access point and on every bucket. */
export function grant(scope: Construct, target: GrantTarget, grantee: iam.IGrantable, verb: Verb, objectsKeyPattern = '*'): iam.Grant {
  refuseStrangers(scope, grantee, verb);
  const objects = [`${target.accessPointArn}/object/${objectsKeyPattern}`, ...target.bucketArns(`/${objectsKeyPattern}`)];
  const resourceArns = verb.bucketToo ? [target.accessPointArn, ...target.bucketArns(), ...objects] : objects;
  const result = iam.Grant.addToPrincipal({ grantee, actions: verb.actions, resourceArns });
  if (!result.success) {
    throw invalid(scope, `'grantee' of ${verb.name}() must be a principal with a policy of its own, got ${grantee.grantPrincipal}; grant to a role, a user or a group of this account`);
  }
  return result;
}

function refuseStrangers(scope: Construct, grantee: iam.IGrantable, verb: Verb): void {
  const home = Stack.of(scope);
  const account = accountOf(grantee.grantPrincipal);
  if (account !== undefined && !Token.isUnresolved(account) && !Token.isUnresolved(home.account) && account !== home.account) {
    throw invalid(scope, `'grantee' of ${verb.name}() must be a principal of account '${home.account}', got one of '${account}'; access from other accounts is not there yet`);
  }
  const construct = [grantee.grantPrincipal, grantee].find((candidate) => Construct.isConstruct(candidate)) as IConstruct | undefined;
  if (!construct) return;
  const stack = Stack.of(construct);
  if (Stage.of(stack) !== Stage.of(home) || stack.region !== home.region) {
    throw invalid(
      scope,
      `'grantee' of ${verb.name}() must be in a stack of '${home.region}' in the same Stage, got '${construct.node.path}' in '${stack.region}'; import the bucket in that stack with MultiRegionBucket.fromManifest() and grant there`,
    );
  }
}

/** Account of a principal, as far as it is known at synthesis. */
function accountOf(principal: iam.IPrincipal): string | undefined {
  if (principal.principalAccount !== undefined || !(principal instanceof iam.ArnPrincipal) || Token.isUnresolved(principal.arn)) return principal.principalAccount;
  return principal.arn.split(':')[4];
}
