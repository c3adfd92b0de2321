import { Aws, Fn, Stack, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/**
 * One `Fn::Sub` in place of a text that is pieced together from pseudo parameters.
 *
 * Names and ARNs of buckets stand in the templates hundreds of times, and each piece costs time at every synthesis.
 */
export function compact(text: string): string {
  const template = substitution(text);
  return typeof template === 'string' ? template : Fn.sub(template['Fn::Sub']);
}

/** The text behind a resolved name, pseudo parameters in the way of `Fn::Sub`; nothing for a name that CloudFormation finds out. */
export function textOf(resolved: unknown): string | undefined {
  if (typeof resolved === 'string') return resolved;
  const template = (resolved as { 'Fn::Sub'?: unknown } | undefined)?.['Fn::Sub'];
  return typeof template === 'string' && !/\$\{(?!AWS::)/.test(template) ? template : undefined;
}

/** A text in a part of a template that is written as JSON; it resolves faster there than a token does. */
export type TemplateText = string | { readonly 'Fn::Sub': string };

/** ARN of a bucket by the text of its name, or of what lies in it, for use as a string. */
export function bucketArnOf(scope: IConstruct, name: string, objects = ''): string {
  const arn = bucketArnText(scope, name, objects);
  return typeof arn === 'string' ? arn : Fn.sub(arn['Fn::Sub']);
}

/** The same, for use in a part of a template that is written as JSON. */
export function bucketArnText(scope: IConstruct, name: string, objects = ''): TemplateText {
  const arn = `arn:${Stack.of(scope).partition}:s3:::${name}`;
  if (Token.isUnresolved(objects) || objects.includes('${')) return `${compact(arn)}${objects}`;
  return substitution(`${arn}${objects}`);
}

function substitution(text: string): TemplateText {
  const template = text.replaceAll(Aws.ACCOUNT_ID, '${AWS::AccountId}').replaceAll(Aws.PARTITION, '${AWS::Partition}');
  return template.includes('${AWS::') && !Token.isUnresolved(template) ? { 'Fn::Sub': template } : text;
}
