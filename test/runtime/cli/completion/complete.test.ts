import type { Command } from '../../../../runtime/cli/command';
import { complete } from '../../../../runtime/cli/completion/complete';
import { GLOBAL_OPTIONS } from '../../../../runtime/cli/parse/globals';
import { manifest } from '../../support/manifest';
import { manifestFile } from '../support/manifest-file';

const EXAMPLES = [{ line: 's3-failover x', why: 'x' }];
const COMMANDS: readonly Command[] = [
  { name: 'status', summary: 'show', examples: EXAMPLES },
  {
    name: 'switchover',
    summary: 'move',
    arguments: [{ name: 'region', summary: 'to', required: true, completes: 'region' }],
    options: [{ flag: '--drain', value: 'level', summary: 'how', choices: ['metrics', 'listing'] }, { flag: '--no-fence', summary: 'no fence' }],
    examples: EXAMPLES,
  },
  { name: 'routes show', summary: 'show routes', examples: EXAMPLES },
  { name: 'routes set', summary: 'set routes', arguments: [{ name: 'routes', summary: 'all', many: true, completes: ['a', 'b'] }], examples: EXAMPLES },
  { name: 'export', summary: 'write', arguments: [{ name: 'file', summary: 'where', completes: 'file' }], examples: EXAMPLES },
];

const of = (line: string, env = {}) => complete(line.split(' '), env, COMMANDS).map((one) => one.split('\t')[0]);

test('verbs, with what they do', () => {
  expect(complete([''], {}, COMMANDS)).toEqual(['status\tshow', 'switchover\tmove', 'routes\tshow, set', 'export\twrite']);
  expect(of('s')).toEqual(['status', 'switchover']);
  expect(of('--json sta')).toEqual(['status']);
});

test('the second word of a group', () => {
  expect(of('routes ')).toEqual(['show', 'set']);
  expect(of('routes sh')).toEqual(['show']);
});

test('options of the verb and those of all, once a dash is typed', () => {
  expect(of('switchover -')).toEqual(['--drain', '--no-fence', ...GLOBAL_OPTIONS.map(({ flag }) => flag), '--help']);
  expect(of('--dr')).toEqual(['--dry-run']);
  expect(of('switchover us-east-1 --dr')).toEqual(['--drain', '--dry-run']);
});

test('the value of an option that has choices, and files for one that takes a file', () => {
  expect(of('switchover --drain ')).toEqual(['metrics', 'listing']);
  expect(of('switchover --drain l')).toEqual(['listing']);
  expect(of('status --manifest ')).toEqual([':file']);
});

test('a value is no verb', () => {
  expect(of('--profile status ')).toContain('switchover');
});

test('Regions of the manifest that was typed, or that the environment names, else all', () => {
  const file = manifestFile(manifest());
  const three = ['eu-west-1', 'us-east-1', 'us-west-2'];
  expect(of(`--manifest ${file} switchover `)).toEqual(three);
  expect(of('switchover ', { S3_FAILOVER_MANIFEST: file })).toEqual(three);
  expect(of('switchover ')).toHaveLength(29);
  expect(of('switchover eu-central', { S3_FAILOVER_MANIFEST: '/not/there' })).toEqual(['eu-central-1', 'eu-central-2']);
});

test('a manifest that is strange never reaches the shell', () => {
  const strange = manifestFile({ buckets: { '$(reboot)': 'x', 'eu-west-1': 'y' } });
  expect(of('switchover ', { S3_FAILOVER_MANIFEST: strange })).toEqual(['eu-west-1']);
});

test('arguments that take many go on, others end', () => {
  expect(of('routes set a ')).toEqual(['a', 'b']);
  expect(of('export ')).toEqual([':file']);
  expect(of('export x ')).toEqual([]);
  expect(of('status ')).toEqual([]);
});
