import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { App, Stack } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { acknowledgements, controllerAcknowledgements } from './acknowledged';
import { CONTROL_REGIONS, controlledApp, exampleApp, REGIONS } from './example';

const CFN_LINT = join(__dirname, '../../.local/venv', process.platform === 'win32' ? 'Scripts/cfn-lint.exe' : 'bin/cfn-lint');

/** W3005 is about a 'DependsOn' that aws-cdk-lib writes beside a reference to the same resource; it does no harm. */
const IGNORED = 'W3005';

describe.each([2, 3, 17])('the example over %i Regions', (count) => {
  let outdir: string;
  let app: App;
  let stack: Stack;

  beforeEach(() => {
    outdir = mkdtempSync(join(tmpdir(), 's3-failover-templates-'));
    app = exampleApp(count, outdir);
    stack = app.node.findChild('Media') as Stack;
  });

  afterEach(() => rmSync(outdir, { recursive: true, force: true }));

  test('has a reason for each finding of AwsSolutions, and no reason without a finding', () => {
    const known = acknowledgements(stack, REGIONS.slice(0, count), 'media');
    expect(findings(app)).toEqual(known.map(({ path, id }) => `${id} at Media/${path}`).sort());
  });

  test('passes cfn-lint in every Region', () => {
    app.synth();
    expect(lint(outdir, REGIONS.slice(0, count))).toHaveLength(count);
  }, 120_000);
});

describe('the example with a controller', () => {
  let outdir: string;

  beforeEach(() => {
    outdir = mkdtempSync(join(tmpdir(), 's3-failover-templates-'));
  });

  afterEach(() => rmSync(outdir, { recursive: true, force: true }));

  test.each([2, 17])('over %i Regions has a reason for each further finding of AwsSolutions, and no reason without a finding', (count) => {
    const app = controlledApp(count, outdir);
    const order = REGIONS.slice(0, count);
    const known = [...acknowledgements(app.node.findChild('Media') as Stack, order, 'media'), ...controllerAcknowledgements(order, CONTROL_REGIONS, 'media')];
    expect(findings(app)).toEqual(known.map(({ path, id }) => `${id} at Media/${path}`).sort());
  });

  test('passes cfn-lint in every Region, with a stack of each kind', () => {
    controlledApp(3, outdir).synth();
    expect(lint(outdir, [...REGIONS.slice(0, 3), 'us-east-2'])).toHaveLength(3 + 4);
  }, 120_000);
});

test('fails when a template has a property that CloudFormation does not know', () => {
  const folder = mkdtempSync(join(tmpdir(), 's3-failover-templates-'));
  writeFileSync(join(folder, 'wrong.json'), JSON.stringify({ Resources: { Bucket: { Type: 'AWS::S3::Bucket', Properties: { Nope: 1 } } } }));
  const { status, stdout } = spawnSync(CFN_LINT, ['--', 'wrong.json'], { cwd: folder, encoding: 'utf8' });
  rmSync(folder, { recursive: true, force: true });
  expect(status).not.toBe(0);
  expect(stdout).toContain('E3002');
});

/** Templates that cfn-lint had nothing to say against. */
function lint(folder: string, regions: readonly string[]): string[] {
  const templates = readdirSync(folder).filter((file) => file.endsWith('.template.json'));
  const args = ['--ignore-checks', IGNORED, '--regions', ...regions, '--', ...templates];
  const { error, stdout, stderr, status } = spawnSync(CFN_LINT, args, { cwd: folder, encoding: 'utf8' });
  expect({ error, stdout, stderr, status }).toEqual({ error: undefined, stdout: '', stderr: '', status: 0 });
  return templates;
}

/** Rule and resource of each finding, a resource named by its L2. */
function findings(app: App): string[] {
  const { violations } = new AwsSolutionsChecks(app).validateScope(app);
  return violations
    .flatMap((violation) => violation.violatingResources.map((resource) => `${violation.ruleName} at ${(resource.constructPath ?? '').replace(/\/Resource$/, '')}`))
    .sort();
}
