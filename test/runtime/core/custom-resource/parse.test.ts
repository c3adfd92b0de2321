import * as z from 'zod';
import { parseProperties } from '../../../../runtime/core/custom-resource/parse';
import * as syntax from '../../../../runtime/core/custom-resource/syntax';

const schema = z.object({
  Bucket: syntax.bucketName,
  Destinations: z.array(z.object({ Region: syntax.region })).optional(),
  Buckets: syntax.bucketsByRegion.optional(),
});

test.each([
  ['nothing', {}, "'Bucket' must be a string, got nothing"],
  ['another type', { Bucket: ['media'] }, `'Bucket' must be a string, got ["media"]`],
  ['a rule broken', { Bucket: 'Media' }, "'Bucket' must be a bucket name: 3 to 63 lowercase letters, digits, hyphens and dots, got 'Media'"],
  ['deep inside', { Bucket: 'abc', Destinations: [{ Region: 'us-east-1' }, { Region: 'mars' }] }, "'Destinations[1].Region' must be a Region such as us-east-1, got 'mars'"],
  ['a key', { Bucket: 'abc', Buckets: { mars: 'abc' } }, "'Buckets.mars' must be a Region such as us-east-1, got 'abc'"],
  ['no properties', undefined, 'the whole must be an object, got nothing'],
])('fails when given %s, with path, rule and what was given', (_, properties, message) => {
  expect(() => parseProperties(schema, properties)).toThrow(message);
  expect(() => parseProperties(schema, properties)).toThrow(/; deploy this resource with the library's own constructs$/);
});

test('a value is shown whole up to 120 characters, and no further', () => {
  const shown = (length: number) => () => parseProperties(z.object({ A: z.number() }), { A: 'x'.repeat(length) });
  expect(shown(118)).toThrow(`got '${'x'.repeat(118)}';`);
  expect(shown(119)).toThrow(`got '${'x'.repeat(119)}...;`);
});

test("fails with a schema's own words, also for a wrong type, and with the path into what is not there", () => {
  expect(() => parseProperties(z.object({ A: z.string({ error: 'must be a short name' }) }), { A: 5 })).toThrow("'A' must be a short name, got 5;");
  expect(() => parseProperties(z.object({ A: z.record(z.string(), z.string()) }).superRefine((_, context) => context.addIssue({ code: 'custom', path: ['B', 'C'], message: 'must be set' })), { A: {} })).toThrow("'B.C' must be set, got nothing;");
  expect(() => parseProperties(z.object({ A: z.custom(() => false, 'Invalid input of ours') }), { A: 5 })).toThrow("'A' Invalid input of ours, got 5;");
});

test('a long value is shown in part', () => {
  expect(() => parseProperties(schema, { Bucket: 'x'.repeat(5_000) })).toThrow(/x{100,119}\.\.\./);
});

test('properties that are not asked for are left out', () => {
  expect(parseProperties(schema, { Bucket: 'abc', ServiceToken: 'arn' })).toEqual({ Bucket: 'abc' });
});
