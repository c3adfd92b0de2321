import * as z from 'zod';

/**
 * How the values of custom resources must look. Messages are the rule alone, to stand after a property's path.
 */

const REGION = /^[a-z]{2,}(-[a-z]+)+-\d{1,2}$/;

export function isRegion(text: string): boolean {
  return REGION.test(text);
}

export const region = z.string().regex(REGION, 'must be a Region such as us-east-1');

export const bucketName = z
  .string()
  .regex(/^[a-z0-9](?!.*\.\.)[a-z0-9.-]{1,61}[a-z0-9]$/, 'must be a bucket name: 3 to 63 lowercase letters, digits, hyphens and dots');

export const account = z.string().regex(/^\d{12}$/, 'must be an account id of 12 digits');

export const partition = z.string().regex(/^aws(-[a-z]+)*$/, 'must be a partition such as aws');

export const roleArn = z
  .string()
  .regex(/^arn:aws(-[a-z]+)*:iam::\d{12}:role\/[\w+=,.@/-]+$/, 'must be the ARN of an IAM role');

/** The ARN of a Multi-Region Access Point has no Region, and its alias ends in `.mrap`. */
export const accessPointArn = z
  .string()
  .regex(/^arn:aws(-[a-z]+)*:s3::\d{12}:accesspoint\/[a-z0-9]+\.mrap$/, 'must be the ARN of a Multi-Region Access Point');

export const accessPointAlias = z.string().regex(/^[a-z0-9]+\.mrap$/, "must be an access point's alias, which ends in .mrap");

/** Systems Manager allows 1011 characters for the whole ARN; 900 leaves room for the rest of it and our suffixes. */
export const parameterName = z
  .string()
  .max(900, 'must have at most 900 characters')
  .regex(/^(\/[\w.-]+){1,14}$/, 'must be a parameter name: up to 14 levels such as /team/name')
  .regex(/^\/(?!aws|ssm)/i, "must not begin with '/aws' or '/ssm', which Systems Manager keeps for itself");

/** CloudFormation turns booleans into text. */
export const flag = z
  .union([z.boolean(), z.enum(['true', 'false'])], { error: "must be 'true' or 'false'" })
  .transform((value) => value === true || value === 'true');

export const bucketsByRegion = z
  .record(region, bucketName)
  .refine((buckets) => Object.keys(buckets).length > 0, 'must name at least one bucket');
