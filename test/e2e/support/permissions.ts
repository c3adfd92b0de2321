/** One action on one resource that a policy of a template allows. */
export interface Permission {
  readonly title: string;
  /** Beginning of the policy's logical id; the hash at its end follows from the deployment's prefix. */
  readonly policy: string;
  readonly statement: number;
  readonly action: string;
  readonly resource: number;
}

/** Every permission of the policies (not of roles' own inline ones) in a template. */
export function permissionsOf(template: any): Permission[] {
  return Object.entries<any>(template.Resources)
    .filter(([, resource]) => resource.Type === 'AWS::IAM::Policy' || resource.Type === 'AWS::IAM::ManagedPolicy')
    .map(([id, resource]) => [id.replace(/[0-9A-F]{8}$/, ''), resource])
    .flatMap(([policy, resource]) => resource.Properties.PolicyDocument.Statement.flatMap((statement: any, number: number) =>
      list(statement.Action).flatMap((action) => list(statement.Resource).map((_, index, all) => ({
        title: `${action} of ${policy}${all.length > 1 ? `, resource ${index + 1} of ${all.length}` : ''}`,
        policy, statement: number, action, resource: index,
      })))));
}

/** Takes one permission out of a template, and leaves all others as they are. */
export function without(template: any, missing: Permission): void {
  const [id] = Object.keys(template.Resources).filter((one) => one.replace(/[0-9A-F]{8}$/, '') === missing.policy);
  const document = template.Resources[id].Properties.PolicyDocument;
  const statement = document.Statement[missing.statement];
  const actions = list(statement.Action);
  const resources = list(statement.Resource);
  document.Statement.splice(missing.statement, 1);
  const others = actions.filter((action) => action !== missing.action);
  if (others.length > 0) document.Statement.push({ ...statement, Sid: undefined, Action: others });
  const rest = resources.filter((_, index) => index !== missing.resource);
  if (rest.length > 0) document.Statement.push({ ...statement, Sid: undefined, Action: missing.action, Resource: rest });
  if (document.Statement.length === 0) {
    // A policy needs a statement; this one allows nothing.
    document.Statement.push({ Effect: 'Deny', Action: missing.action, Resource: resources });
  }
}

function list<T>(value: T | T[]): T[] {
  return Array.isArray(value) ? value : [value];
}
