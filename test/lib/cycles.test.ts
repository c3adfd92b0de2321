import { findCycle, findDangling } from './cycles';

const resource = (properties: object, dependsOn?: string | string[]) => ({ Type: 'A::B::C', Properties: properties, ...(dependsOn && { DependsOn: dependsOn }) });

test('a template without a cycle has none', () => {
  expect(findCycle({ Resources: { A: resource({ Of: { Ref: 'B' } }), B: resource({ Region: { Ref: 'AWS::Region' } }) } })).toBeUndefined();
});

test.each([
  ['Ref', resource({ Deep: [{ Of: { Ref: 'A' } }] })],
  ['Fn::GetAtt as a list', resource({ Of: { 'Fn::GetAtt': ['A', 'Arn'] } })],
  ['Fn::GetAtt as text', resource({ Of: { 'Fn::GetAtt': 'A.Arn' } })],
  ['Fn::Sub', resource({ Of: { 'Fn::Sub': 'x-${A.Arn}-${AWS::Region}' } })],
  ['a variable of Fn::Sub', resource({ Of: { 'Fn::Sub': ['x-${Name}', { Name: { Ref: 'A' } }] } })],
  ['DependsOn', resource({}, 'A')],
  ['DependsOn as a list', resource({}, ['A'])],
])('a cycle through %s is found', (_, b) => {
  expect(findCycle({ Resources: { A: resource({ Of: { Ref: 'B' } }), B: b } })).toEqual(['A', 'B', 'A']);
});

test('text that only looks like a reference is none', () => {
  expect(findCycle({ Resources: { A: resource({ Of: { 'Fn::Sub': '${!A}' } }) } })).toBeUndefined();
});

test('a reference to what is not there is found', () => {
  const parts = { A: resource({ Of: { 'Fn::Sub': '${B.Arn} ${P} ${AWS::Region} ${aws:username}' } }), C: resource({ Of: { Ref: 'A' } }) };

  expect(findDangling({ Resources: parts, Parameters: { P: {} } })).toEqual(['B', 'aws:username']);
});
