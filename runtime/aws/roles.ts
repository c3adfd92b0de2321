import { GetRoleCommand, IAMClient, SimulatePrincipalPolicyCommand, type IAMClientConfig } from '@aws-sdk/client-iam';
import * as z from 'zod';
import { CallError } from '../core/calls/call-error';
import type { Roles } from '../core/operate/doctor/ports';
import { calling } from './call-error';

/** Where IAM's control plane is: it is out of reach while that Region is. */
const REGION = 'us-east-1';
const SETTINGS = { maxAttempts: 1, requestHandler: { connectionTimeout: 2_000 } } as const;
const S3 = 's3.amazonaws.com';

const oneOrMany = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());
const trustSchema = z.object({
  Statement: z.union([z.unknown(), z.array(z.unknown())]).transform((value) => [value].flat()),
});
const statementSchema = z.object({ Effect: z.literal('Allow'), Principal: z.object({ Service: oneOrMany }), Action: oneOrMany });

export interface AwsRoles extends Roles {
  close(): void;
}

export function roles(config: IAMClientConfig = {}): AwsRoles {
  const client = new IAMClient({ ...SETTINGS, ...config, region: REGION });
  return {
    async role(arn, abortSignal) {
      const RoleName = arn.split('/').at(-1);
      try {
        const { Role } = await calling('iam GetRole', REGION, () => client.send(new GetRoleCommand({ RoleName }), { abortSignal }));
        return { trustsS3: trustsS3(Role?.AssumeRolePolicyDocument) };
      } catch (error) {
        if (error instanceof CallError && error.code === 'NoSuchEntityException') return undefined;
        throw error;
      }
    },

    async notAllowed(arn, actions, resource, abortSignal) {
      const input = { PolicySourceArn: arn, ActionNames: [...actions], ResourceArns: [resource] };
      const { EvaluationResults: results = [] } = await calling('iam SimulatePrincipalPolicy', REGION, () => client.send(new SimulatePrincipalPolicyCommand(input), { abortSignal }));
      const allowed = results.filter(({ EvalDecision }) => EvalDecision === 'allowed').map(({ EvalActionName }) => EvalActionName);
      return actions.filter((action) => !allowed.includes(action));
    },

    close: () => client.destroy(),
  };
}

/** IAM gives the document as the text of a URL. */
function trustsS3(document: string | undefined): boolean {
  const trust = trustSchema.safeParse(jsonOf(decodeURIComponent(document ?? '')));
  if (!trust.success) return false;
  return trust.data.Statement.some((statement) => {
    const parsed = statementSchema.safeParse(statement);
    return parsed.success && parsed.data.Principal.Service.includes(S3) && parsed.data.Action.some((action) => /^sts:(AssumeRole|\*)$/.test(action));
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
