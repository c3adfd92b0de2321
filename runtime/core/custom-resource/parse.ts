import * as z from 'zod';
import { Explained } from '../calls/explained';

/** The value that a schema makes of a custom resource's properties, or an error that names the first property at fault. */
export function parseProperties<T>(schema: z.ZodType<T>, properties: unknown): T {
  const parsed = schema.safeParse(properties);
  if (parsed.success) return parsed.data;
  throw new Explained(`${problemOf(parsed.error, properties)}; deploy this resource with the library's own constructs`);
}

/** First problem that a schema found: path, rule, and what was given. */
export function problemOf(error: z.ZodError, input: unknown): string {
  const issue = error.issues[0];
  const path = issue.path.map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? String(part) : `.${String(part)}`));
  const given = issue.path.reduce<unknown>((value, part) => (value as Record<PropertyKey, unknown> | undefined)?.[part], input);
  const name = path.length === 0 ? 'the whole' : `'${path.join('')}'`;
  return `${name} ${rule(issue)}, got ${show(given)}`;
}

function rule(issue: z.core.$ZodIssue): string {
  // Zod's own words for a wrong type begin so; a schema's own stand as they are.
  if (issue.code === 'invalid_type' && issue.message.startsWith('Invalid input')) return `must be ${article(issue.expected)}`;
  if (issue.code === 'invalid_key') return issue.issues[0]?.message ?? issue.message;
  return issue.message;
}

function article(type: string): string {
  return `${/^[aeiou]/.test(type) ? 'an' : 'a'} ${type}`;
}

/** Enough of a value to recognise it. */
function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = typeof value === 'string' ? `'${value}'` : JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 120)}...` : text;
}
