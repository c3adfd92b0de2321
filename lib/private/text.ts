import { Aws, Fn, Stack, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/**
 * One `Fn::Sub` in place of a text that is pieced together from pseudo parameters.
 *
 * Names and ARNs of buckets stand in the templates hundreds of times, and each piece costs time at every synthesis.
 */
export function compact(text: string): string {
  const template = text.replaceAll(Aws.ACCOUNT_ID, '${AWS::AccountId}').replaceAll(Aws.PARTITION, '${AWS::Partition}');
  return template.includes('${AWS::') && !Token.isUnresolved(template) ? Fn.sub(template) : text;
}

/** The text behind a resolved name, pseudo parameters in the way of `Fn::Sub`; nothing for a name that CloudFormation finds out. */
export function textOf(resolved: unknown): string | undefined {
  if (typeof resolved === 'string') return resolved;
  const template = (resolved as { 'Fn::Sub'?: unknown } | undefined)?.['Fn::Sub'];
  return typeof template === 'string' && !/\$\{(?!AWS::)/.test(template) ? template : undefined;
}

/** ARN of a bucket by the text of its name, or of what lies in it. */
export function bucketArnOf(scope: IConstruct, name: string, objects = ''): string {
  const arn = `arn:${Stack.of(scope).partition}:s3:::${name}`;
  const plain = !Token.isUnresolved(objects) && !objects.includes('${');
  return plain ? compact(`${arn}${objects}`) : `${compact(arn)}${objects}`;
}
