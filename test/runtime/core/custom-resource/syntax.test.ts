import * as syntax from '../../../../runtime/core/custom-resource/syntax';

const cases = {
  region: {
    schema: syntax.region,
    good: ['us-east-1', 'us-east-10', 'ap-southeast-2', 'us-gov-west-1', 'me-central-1'],
    bad: ['', 'us-east', 'US-EAST-1', '1us-east-1', 'us-east-1a', 'us_east_1', 'us-east-1 ', '-east-1'],
  },
  bucketName: {
    schema: syntax.bucketName,
    good: ['abc', 'media-111122223333-us-east-1-an', 'a.b-c', 'a'.repeat(63)],
    bad: ['ab', 'a'.repeat(64), 'Media', 'media_1', 'a..b', '-abc', 'abc-', 'arn:aws:s3:::media'],
  },
  account: { schema: syntax.account, good: ['111122223333'], bad: ['11112222333', '1111222233334', 'abcdefghijkl'] },
  partition: { schema: syntax.partition, good: ['aws', 'aws-us-gov', 'aws-cn'], bad: ['', 'AWS', 'gcp', 'aws-', 'xaws'] },
  roleArn: {
    schema: syntax.roleArn,
    good: ['arn:aws:iam::111122223333:role/r', 'arn:aws-us-gov:iam::111122223333:role/service-role/My_Role+=,.@-1'],
    bad: ['arn:aws:iam::111122223333:user/r', 'arn:aws:iam::1:role/r', 'r', 'arn:aws:iam::111122223333:role/', 'xarn:aws:iam::111122223333:role/r', 'arn:aws:iam::111122223333:role/r r'],
  },
  accessPointArn: {
    schema: syntax.accessPointArn,
    good: ['arn:aws:s3::111122223333:accesspoint/mfzwi23gnjvgw.mrap', 'arn:aws-us-gov:s3::111122223333:accesspoint/mfzwi23gnjvgw.mrap'],
    bad: ['xarn:aws:s3::111122223333:accesspoint/x.mrap', 'arn:aws:s3::111122223333:accesspoint/x.mrapx', 'arn:aws:s3::111122223333:accesspoint/mfzwi23gnjvgw', 'arn:aws:s3:us-east-1:111122223333:accesspoint/x.mrap', 'mfzwi23gnjvgw.mrap'],
  },
  accessPointAlias: { schema: syntax.accessPointAlias, good: ['mfzwi23gnjvgw.mrap'], bad: ['', '.mrap', 'mfzwi23gnjvgw', 'x.y.mrap', 'x.mrap.example', 'X.mrap'] },
  parameterName: {
    schema: syntax.parameterName,
    good: ['/a', '/s3-failover/media', '/Team_1/x.y-z'],
    bad: ['', 'media', '/', '/a/', '/a//b', '/a b', '/aws/media', '/ssm-x', `/${'a'.repeat(900)}`, '/a'.repeat(15)],
  },
};

for (const [name, { schema, good, bad }] of Object.entries(cases)) {
  test.each(good)(`${name} takes '%s'`, (value) => expect(schema.safeParse(value).success).toBe(true));
  test.each(bad)(`fails when ${name} is '%s'`, (value) => expect(schema.safeParse(value).success).toBe(false));
}

test.each([
  [syntax.region, 'x', 'must be a Region such as us-east-1'],
  [syntax.bucketName, 'x', 'must be a bucket name: 3 to 63 lowercase letters, digits, hyphens and dots'],
  [syntax.account, 'x', 'must be an account id of 12 digits'],
  [syntax.partition, 'x', 'must be a partition such as aws'],
  [syntax.roleArn, 'x', 'must be the ARN of an IAM role'],
  [syntax.accessPointArn, 'x', 'must be the ARN of a Multi-Region Access Point'],
  [syntax.accessPointAlias, 'x', "must be an access point's alias, which ends in .mrap"],
  [syntax.parameterName, `/${'a'.repeat(900)}`, 'must have at most 900 characters'],
  [syntax.parameterName, 'x', 'must be a parameter name: up to 14 levels such as /team/name'],
  [syntax.parameterName, '/aws/media', "must not begin with '/aws' or '/ssm', which Systems Manager keeps for itself"],
  [syntax.flag, 'yes', "must be 'true' or 'false'"],
  [syntax.bucketsByRegion, {}, 'must name at least one bucket'],
])('fails with the rule alone, to stand after a path', (schema, value, rule) => {
  expect(schema.safeParse(value).error?.issues[0].message).toBe(rule);
});

test('buckets are named by Region', () => {
  expect(syntax.bucketsByRegion.parse({ 'us-east-1': 'media-1' })).toEqual({ 'us-east-1': 'media-1' });
});

test('a text is a Region or is not', () => {
  expect(['us-east-1', 'mars'].map(syntax.isRegion)).toEqual([true, false]);
});

test.each([
  ['true', true],
  ['false', false],
  [true, true],
  [false, false],
])('the flag %p means %p', (text, value) => expect(syntax.flag.parse(text)).toBe(value));

test.each(['', 'yes', 'TRUE', 1, undefined])('fails when a flag is %p', (value) => expect(syntax.flag.safeParse(value).success).toBe(false));
