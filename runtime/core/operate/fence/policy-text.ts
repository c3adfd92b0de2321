/**
 * Edits of a bucket policy that leave every other statement as its owner wrote it, letter by letter: what is parsed and written
 * again is the same to S3, and not to whoever compares texts.
 */

/** S3's limit for a bucket policy (Amazon S3 user guide, "Bucket policies"). */
export const LARGEST_POLICY_BYTES = 20_480;

export interface PolicyStatement {
  readonly value: unknown;
  readonly from: number;
  readonly to: number;
}

export type PolicyText =
  | { readonly ok: true; readonly text: string; readonly statements: readonly PolicyStatement[]; readonly list: { readonly from: number; readonly to: number; readonly array: boolean } }
  | { readonly ok: false; readonly problem: string };

/** Undefined stands for a bucket without a policy. */
export function readPolicyText(text: string): PolicyText {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return { ok: false, problem: 'it is not JSON' };
  }
  if (typeof document !== 'object' || document === null || Array.isArray(document)) return { ok: false, problem: 'it is not a JSON object' };
  const members = parts(text, skip(text, 0)).filter((part) => part.name === 'Statement');
  if (members.length !== 1) return { ok: false, problem: `it has ${members.length === 0 ? 'no' : 'more than one'} 'Statement'` };
  const [list] = members;
  const array = text[list.from] === '[';
  if (!array && text[list.from] !== '{') return { ok: false, problem: `its 'Statement' is neither a list nor an object` };
  const spans = array ? parts(text, list.from) : [list];
  const statements = spans.map(({ from, to }) => ({ from, to, value: JSON.parse(text.slice(from, to)) as unknown }));
  if (statements.some(({ value }) => typeof value !== 'object' || value === null)) return { ok: false, problem: 'one of its statements is no object' };
  return { ok: true, text, statements, list: { from: list.from, to: list.to, array } };
}

/** The policy with one statement more, at its end. */
export function withStatement(policy: Extract<PolicyText, { ok: true }> | undefined, statement: string): string {
  if (!policy) return `{"Version":"2012-10-17","Statement":[${statement}]}`;
  const { text, list, statements } = policy;
  if (!list.array) return `${text.slice(0, list.from)}[${text.slice(list.from, list.to)},${statement}]${text.slice(list.to)}`;
  const last = statements.at(-1);
  if (!last) return `${text.slice(0, list.from)}[${statement}]${text.slice(list.to)}`;
  return `${text.slice(0, last.to)},${statement}${text.slice(last.to)}`;
}

/** The policy without some statements; undefined when none is left, for a policy without statements is none. */
export function withoutStatements(policy: Extract<PolicyText, { ok: true }>, drop: (value: unknown) => boolean): string | undefined {
  const { text, statements } = policy;
  const kept = statements.filter(({ value }) => !drop(value));
  if (kept.length === statements.length) return text;
  if (kept.length === 0) return undefined;
  let edited = '';
  let from = 0;
  // With each statement that goes, the comma goes that parts it from the one before it, or from the one after it if it is the first.
  for (const [index, statement] of statements.entries()) {
    if (!drop(statement.value)) continue;
    const isFirst = !statements.slice(0, index).some(({ value }) => !drop(value));
    const cut = isFirst ? { from: statement.from, to: statements[index + 1].from } : { from: statements[index - 1].to, to: statement.to };
    edited += text.slice(from, Math.max(from, cut.from));
    from = cut.to;
  }
  return edited + text.slice(from);
}

/** The policy with one statement at its end, in place of some others. */
export function replaceStatements(policy: Extract<PolicyText, { ok: true }> | undefined, drop: (value: unknown) => boolean, statement: string): string {
  const rest = policy && withoutStatements(policy, drop);
  const edited = rest === undefined ? undefined : readPolicyText(rest);
  return withStatement(edited?.ok ? edited : undefined, statement);
}

interface Part {
  /** Of a member of an object. */
  readonly name?: string;
  readonly from: number;
  readonly to: number;
}

/** Members of the object, or elements of the list, that begins at `at` in a text known to be JSON. */
function parts(text: string, at: number): Part[] {
  const found: Part[] = [];
  const isObject = text[at] === '{';
  let next = skip(text, at + 1);
  while (text[next] !== '}' && text[next] !== ']') {
    let name: string | undefined;
    if (isObject) {
      const to = endOf(text, next);
      name = JSON.parse(text.slice(next, to)) as string;
      next = skip(text, skip(text, to) + 1);
    }
    const to = endOf(text, next);
    found.push({ name, from: next, to });
    next = skip(text, to);
    if (text[next] === ',') next = skip(text, next + 1);
  }
  return found;
}

/** First position after the value that begins at `at`. */
function endOf(text: string, at: number): number {
  if (text[at] === '"') return endOfString(text, at);
  if (text[at] !== '{' && text[at] !== '[') {
    let end = at;
    while (end < text.length && !/[\s,\]}]/.test(text[end])) end++;
    return end;
  }
  let depth = 0;
  for (let position = at; position < text.length; position++) {
    const character = text[position];
    if (character === '"') position = endOfString(text, position) - 1;
    else if (character === '{' || character === '[') depth++;
    else if ((character === '}' || character === ']') && --depth === 0) return position + 1;
  }
  return text.length;
}

function endOfString(text: string, at: number): number {
  for (let position = at + 1; position < text.length; position++) {
    if (text[position] === '\\') position++;
    else if (text[position] === '"') return position + 1;
  }
  return text.length;
}

function skip(text: string, at: number): number {
  let position = at;
  while (position < text.length && /\s/.test(text[position])) position++;
  return position;
}
