import type { TemplateText } from './text';

/** Statement that allows something, as the template has it. */
export interface Statement {
  readonly Action: string | string[];
  readonly Resource: TemplateText | TemplateText[];
  readonly Condition?: object;
}

/** A policy as the template has it. */
export interface PolicyDocument {
  readonly Version: string;
  readonly Statement: object[];
}

/** Our policies: nobody else writes in them, so they need none of what iam.PolicyDocument does at each synthesis. */
export function policyDocument(statements: Statement[]): PolicyDocument {
  return { Version: '2012-10-17', Statement: statements.map((statement) => ({ Effect: 'Allow', ...statement })) };
}

/** Policy that lets a service take a role. */
export function trustPolicy(service: string, condition?: object): PolicyDocument {
  return { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: service }, ...(condition && { Condition: condition }) }] };
}
