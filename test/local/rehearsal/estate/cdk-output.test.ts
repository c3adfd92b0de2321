import { failureOf, progressOf } from '../../../../local/rehearsal/estate/cdk-output';

test.each([
  [
    'Media |  3/27 | 6:12:31 AM | CREATE_COMPLETE      | AWS::IAM::Role                      | Media/Media/Replication/us-east-1/Role (MediaReplication)',
    'Media 3/27 create complete AWS::IAM::Role',
  ],
  ['Media | 0/4 | 6:12:31 AM | UPDATE_IN_PROGRESS   | Custom::S3FailoverRoutes | Media/Routes', 'Media 0/4 update in progress Custom::S3FailoverRoutes'],
  [' ⏳  Bootstrapping environment aws://111122223333/us-east-1...', 'aws://111122223333/us-east-1'],
  ['✨  Synthesis time: 2.3s', undefined],
  ['', undefined],
])('shows of %j: %j', (line, expected) => {
  expect(progressOf(line)).toBe(expected);
});

test('finds the lines that say why a command failed', () => {
  expect(failureOf([
    'Media: deploying... [1/1]',
    'Media | 2/4 | 6:12:31 AM | UPDATE_FAILED        | Custom::S3FailoverRoutes | Media/Routes Received response status [FAILED] from custom resource. Message returned: no control endpoint answered',
    '',
    ' ❌  Media failed: ToolkitError: The stack named Media failed to deploy: UPDATE_ROLLBACK_COMPLETE',
    'some trailing talk',
  ])).toMatch(/^Media \| 2\/4 .*no control endpoint answered; ❌  Media failed: .*UPDATE_ROLLBACK_COMPLETE$/);
});

test('finds what an app that failed said above its stack trace', () => {
  expect(failureOf([
    'npm warn Unknown env config "nodedir".',
    '/repository/lib/deployment.ts:58',
    "    const handler = new lambda.Function(this, 'Handler', {",
    '                    ^',
    "'logGroup' instance should implement ILogGroup",
    '    ...new Function2 in aws-cdk-lib...',
    '    at new Deployment (/repository/lib/deployment.ts:58:21)',
    'npx ts-node bin/app.ts: Subprocess exited with error 1',
  ])).toMatch(/'logGroup' instance should implement ILogGroup$/);
});

test('falls back to the last lines where none says why', () => {
  expect(failureOf(['one', '', 'two', 'three', 'four', 'five'])).toBe('two; three; four; five');
});

test('says the same thing once, and not without end', () => {
  expect(failureOf(['Error: no', 'Error: no'])).toBe('Error: no');
  expect(failureOf([`Error: ${'x'.repeat(5_000)}`]).length).toBeLessThanOrEqual(1_200);
});
