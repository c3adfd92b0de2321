import { GetRolePolicyCommand, ListRolePoliciesCommand, ListRolesCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import type { ObserverFunction } from '../../../local/controller/observers';
import type { GuardedEstate } from './guarded';

interface Statement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: string | string[];
  readonly Condition?: object;
}

/** An observer, or the schedule that starts it. */
export type Permitted = Pick<ObserverFunction, 'role' | 'region' | 'roleName'>;

/** One action on one resource that a role allows. */
export interface Granted {
  readonly action: string;
  readonly resource: string;
}

/** The schedule that starts an observer. */
export async function scheduleOf(estate: GuardedEstate, observer: ObserverFunction): Promise<Permitted> {
  const { Roles } = await estate.aws.clients.iam().send(new ListRolesCommand({}));
  const ofSchedules = Roles!.filter(({ AssumeRolePolicyDocument }) => decodeURIComponent(AssumeRolePolicyDocument!).includes('scheduler.amazonaws.com'));
  for (const { RoleName } of ofSchedules) {
    const schedule = { ...observer, roleName: RoleName! };
    const granted = await grantedTo(estate, schedule);
    if (granted.some(({ action, resource }) => action === 'lambda:InvokeFunction' && resource.endsWith(`:function:${observer.name}`) && resource.includes(`:${observer.region}:`))) return schedule;
  }
  throw new Error(`nothing may start ${observer.name} in ${observer.region}`);
}

/** Every permission of an observer's role, as it is deployed. */
export async function grantedTo(estate: GuardedEstate, observer: Permitted): Promise<Granted[]> {
  const { document } = await policyOf(estate, observer);
  return document.Statement.flatMap((statement) => list(statement.Action).flatMap((action) => list(statement.Resource).map((resource) => ({ action, resource }))));
}

/** Does something while observers lack what `lacks` says of theirs; fails when one of them never had it. */
export async function withoutPermission<T extends Permitted, R>(estate: GuardedEstate, observers: readonly T[], lacks: (granted: Granted, observer: T) => boolean, run: () => Promise<R>): Promise<R> {
  const whole = await Promise.all(observers.map((observer) => policyOf(estate, observer)));
  const put = (index: number, document: object) => estate.aws.clients.iam().send(new PutRolePolicyCommand({ RoleName: observers[index].roleName, PolicyName: whole[index].name, PolicyDocument: JSON.stringify(document) }));
  try {
    await Promise.all(whole.map(({ document }, index) => {
      const left = document.Statement.flatMap((statement) => rest(statement, (granted) => lacks(granted, observers[index])));
      if (JSON.stringify(left) === JSON.stringify(document.Statement.flatMap((statement) => rest(statement, () => false)))) throw new Error(`${observers[index].role} in ${observers[index].region} never had this permission`);
      // A policy needs a statement; this one allows nothing.
      return put(index, { ...document, Statement: left.length > 0 ? left : document.Statement.map((statement) => ({ ...statement, Effect: 'Deny' })) });
    }));
    return await run();
  } finally {
    await Promise.all(whole.map(({ document }, index) => put(index, document)));
  }
}

async function policyOf(estate: GuardedEstate, { roleName }: Permitted): Promise<{ readonly name: string; readonly document: { readonly Version: string; readonly Statement: Statement[] } }> {
  const iam = estate.aws.clients.iam();
  const { PolicyNames } = await iam.send(new ListRolePoliciesCommand({ RoleName: roleName }));
  if (PolicyNames!.length !== 1) throw new Error(`the role ${roleName} should have one policy, got ${PolicyNames}`);
  const { PolicyDocument } = await iam.send(new GetRolePolicyCommand({ RoleName: roleName, PolicyName: PolicyNames![0] }));
  return { name: PolicyNames![0], document: JSON.parse(decodeURIComponent(PolicyDocument!)) };
}

/** A statement as one for each pair of action and resource, but for those that are taken out. */
function rest(statement: Statement, isOut: (granted: Granted) => boolean): Statement[] {
  return list(statement.Action).flatMap((action) => list(statement.Resource).filter((resource) => !isOut({ action, resource })).map((resource) => ({ ...statement, Action: action, Resource: resource })));
}

function list<T>(value: T | T[]): T[] {
  return Array.isArray(value) ? value : [value];
}
