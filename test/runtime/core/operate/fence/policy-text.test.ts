import fc from 'fast-check';
import { readPolicyText, replaceStatements, withoutStatements, withStatement, type PolicyText } from '../../../../../runtime/core/operate/fence/policy-text';

const OURS = '{"Sid":"Ours","Effect":"Deny"}';
const isOurs = (value: unknown) => (value as { Sid?: string }).Sid === 'Ours';
const read = (text: string) => {
  const policy = readPolicyText(text);
  if (!policy.ok) throw new Error(policy.problem);
  return policy;
};

test.each([
  ['a list', '{"Version":"2012-10-17","Statement":[{"Sid":"A","Effect":"Allow"}]}'],
  ['several statements and spaces', '{\n  "Id": "x" ,\n  "Statement" : [ {"Sid":"A"} ,\n {"Sid":"B", "Resource": ["a]", "b}"]} ] , "Version": "2008-10-17"\n}\n'],
  ['quotes, brackets and commas in texts', '{"Statement":[{"Sid":"A","Resource":"arn:aws:s3:::b/\\"],[{\\\\"}]}'],
  ['letters that JSON escapes', '{"Statement":[{"Sid":"\\u0041","n":1.0,"d":{"e":[1,2,{"f":null}]}}]}'],
])('a statement that is put into %s and taken out again leaves the text as it was', (_, text) => {
  const edited = withStatement(read(text), OURS);
  expect(JSON.parse(edited)).toEqual({ ...JSON.parse(text), Statement: [...JSON.parse(text).Statement, JSON.parse(OURS)] });
  expect(withoutStatements(read(edited), isOurs)).toBe(text);
});

test('a lone statement becomes a list, and stays as it was written', () => {
  const edited = withStatement(read('{"Statement": {"Sid" : "A"} }'), OURS);
  expect(edited).toBe(`{"Statement": [{"Sid" : "A"},${OURS}] }`);
  expect(withoutStatements(read(edited), isOurs)).toBe('{"Statement": [{"Sid" : "A"}] }');
});

test('a bucket without a policy gets one, and a policy of which nothing is left is none', () => {
  const made = withStatement(undefined, OURS);
  expect(JSON.parse(made)).toEqual({ Version: '2012-10-17', Statement: [JSON.parse(OURS)] });
  expect(withoutStatements(read(made), isOurs)).toBeUndefined();
});

test('an empty list takes a statement', () => {
  expect(withStatement(read('{"Statement":[ ]}'), OURS)).toBe(`{"Statement":[${OURS}]}`);
});

test('a name inside a statement is not taken for the list', () => {
  const text = '{"Condition":{"Statement":["no"]},"Statement":[{"Statement":[1]}]}';
  expect(read(text).statements.map(({ value }) => value)).toEqual([{ Statement: [1] }]);
});

test.each([
  ['it is not JSON', '{"Statement":[}'],
  ['it is not a JSON object', '["Statement"]'],
  [`it has no 'Statement'`, '{"Version":"2012-10-17"}'],
  [`it has more than one 'Statement'`, '{"Statement":[{}],"Statement":[{}]}'],
  [`it has more than one 'Statement'`, '{"Statement":[{}],"\\u0053tatement":[{}]}'],
  [`its 'Statement' is neither a list nor an object`, '{"Statement":"x"}'],
  ['one of its statements is no object', '{"Statement":[1]}'],
])('fails when %s', (problem, text) => {
  expect(readPolicyText(text)).toEqual({ ok: false, problem });
});

test('whatever stands in a policy, only what is dropped goes, and the rest stays to the letter', () => {
  const spaces = fc.constantFrom('', ' ', '\n\t');
  const statement = fc.record({ drop: fc.boolean(), text: fc.json({ maxDepth: 3 }), before: spaces, after: spaces });
  fc.assert(
    fc.property(fc.array(statement, { minLength: 1, maxLength: 6 }), spaces, (statements, space) => {
      const write = (list: readonly (typeof statements)[number][]) =>
        list.map(({ drop, text }) => `{"Sid":"${drop ? 'Ours' : 'Theirs'}","x":${text}}`);
      const body = statements.map((one, index) => `${one.before}${write(statements)[index]}${one.after}`).join(',');
      const policy = read(`{${space}"Version":"2012-10-17","Statement":${space}[${body}]${space}}`) as Extract<PolicyText, { ok: true }>;
      const edited = withoutStatements(policy, isOurs);
      const kept = statements.filter(({ drop }) => !drop);
      if (kept.length === 0) return expect(edited).toBeUndefined();
      const again = read(edited!);
      expect(again.statements.map(({ from, to }) => edited!.slice(from, to))).toEqual(write(kept));
      expect(JSON.parse(replaceStatements(policy, isOurs, OURS)).Statement).toEqual([...JSON.parse(edited!).Statement, JSON.parse(OURS)]);
    }),
  );
});
