import * as syntax from '../../../../runtime/core/custom-resource/syntax';

const cases = {
  region: {
    schema: syntax.region,
    good: ['us-east-1', 'ap-southeast-2', 'us-gov-west-1', 'me-central-1'],
    bad: ['', 'us-east', 'US-EAST-1', 'us-east-1a', 'us_east_1', 'us-east-1 ', '-east-1'],
  },
  bucketName: {
    schema: syntax.bucketName,
    good: ['abc', 'media-111122223333-us-east-1-an', 'a.b-c', 'a'.repeat(63)],
    bad: ['ab', 'a'.repeat(64), 'Media', 'media_1', 'a..b', '-abc', 'abc-', 'arn:aws:s3:::media'],
  },
  account: { schema: syntax.account, good: ['111122223333'], bad: ['11112222333', '1111222233334', 'abcdefghijkl'] },
  partition: { schema: syntax.partition, good: ['aws', 'aws-us-gov', 'aws-cn'], bad: ['', 'AWS', 'gcp', 'aws-'] },
  roleArn: {
    schema: syntax.roleArn,
    good: ['arn:aws:iam::111122223333:role/r', 'arn:aws-us-gov:iam::111122223333:role/service-role/My_Role+=,.@-1'],
    bad: ['arn:aws:iam::111122223333:user/r', 'arn:aws:iam::1:role/r', 'r', 'arn:aws:iam::111122223333:role/'],
  },
  accessPointArn: {
    schema: syntax.accessPointArn,
    good: ['arn:aws:s3::111122223333:accesspoint/mfzwi23gnjvgw.mrap'],
    bad: ['arn:aws:s3::111122223333:accesspoint/mfzwi23gnjvgw', 'arn:aws:s3:us-east-1:111122223333:accesspoint/x.mrap', 'mfzwi23gnjvgw.mrap'],
  },
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
  ['true', true],
  ['false', false],
  [true, true],
  [false, false],
])('the flag %p means %p', (text, value) => expect(syntax.flag.parse(text)).toBe(value));

test.each(['', 'yes', 'TRUE', 1, undefined])('fails when a flag is %p', (value) => expect(syntax.flag.safeParse(value).success).toBe(false));
