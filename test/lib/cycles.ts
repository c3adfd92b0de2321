interface Resource {
  readonly DependsOn?: string | string[];
  readonly [section: string]: unknown;
}

/**
 * A cycle between the resources of a template, as the logical ids on its way, or nothing.
 *
 * CloudFormation refuses such a template; synthesis does not notice.
 */
export function findCycle(template: { readonly Resources?: { readonly [id: string]: Resource } }): string[] | undefined {
  const resources = template.Resources ?? {};
  const edges = new Map(Object.entries(resources).map(([id, resource]) => [id, [...references(resource)].filter((target) => target in resources)]));
  const done = new Set<string>();
  for (const id of edges.keys()) {
    const cycle = walk(id, [], edges, done);
    if (cycle) return cycle;
  }
  return undefined;
}

/** What a template refers to and does not have. */
export function findDangling(template: { readonly Resources?: object; readonly Parameters?: object }): string[] {
  const known = new Set(Object.keys({ ...template.Resources, ...template.Parameters }));
  return [...references(template.Resources)].filter((name) => !name.startsWith('AWS::') && !known.has(name));
}

function walk(id: string, way: string[], edges: Map<string, string[]>, done: Set<string>): string[] | undefined {
  if (way.includes(id)) return [...way.slice(way.indexOf(id)), id];
  if (done.has(id)) return undefined;
  for (const next of edges.get(id)!) {
    const cycle = walk(next, [...way, id], edges, done);
    if (cycle) return cycle;
  }
  done.add(id);
  return undefined;
}

/** Logical ids that a resource needs before it: by Ref, Fn::GetAtt, Fn::Sub or DependsOn. */
function references(value: unknown, found = new Set<string>()): Set<string> {
  if (Array.isArray(value)) {
    for (const item of value) references(item, found);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) {
      if (key === 'Ref') found.add(String(inner));
      else if (key === 'DependsOn') [inner].flat().forEach((id) => found.add(String(id)));
      else if (key === 'Fn::GetAtt') found.add(Array.isArray(inner) ? String(inner[0]) : String(inner).split('.')[0]);
      else if (key === 'Fn::Sub') substitutions(inner, found);
      else references(inner, found);
    }
  }
  return found;
}

function substitutions(value: unknown, found: Set<string>): void {
  const [text, variables] = Array.isArray(value) ? value : [value, {}];
  for (const [, name] of String(text).matchAll(/\$\{([^!}][^}]*)\}/g)) found.add(name.split('.')[0]);
  references(variables, found);
}
