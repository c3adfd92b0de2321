import { version } from '../../../../package.json';
import type { Command } from '../../../../runtime/cli/command';
import { COMMANDS } from '../../../../runtime/cli/commands';
import { ExitCode } from '../../../../runtime/cli/exit-code';
import { GLOBAL_OPTIONS } from '../../../../runtime/cli/parse/globals';
import { parse } from '../../../../runtime/cli/parse/parse';

const MOVE: Command = {
  name: 'move',
  summary: 'move something',
  detail: 'Only in tests.',
  arguments: [
    { name: 'region', summary: 'where to', required: true, completes: 'region' },
    { name: 'rest', summary: 'what else', many: true },
  ],
  options: [
    { flag: '--drain', value: 'level', summary: 'how to wait', choices: ['metrics', 'listing'], default: 'metrics' },
    { flag: '--no-fence', summary: 'without a fence' },
    { flag: '--why', value: 'text', summary: 'for the record' },
    { flag: '--tag', value: 'text', summary: 'several', many: true },
  ],
  examples: [{ line: 's3-failover move eu-west-1', why: 'to see it' }],
  asks: true,
  timeoutSeconds: 600,
};
const SHOW: Command = { name: 'things show', summary: 'show things', examples: [{ line: 's3-failover things show', why: 'to see them' }] };
const SET: Command = { ...SHOW, name: 'things set', summary: 'set things' };
const LIST = [MOVE, SHOW, SET];

function run(line: string, env = {}) {
  const parsed = parse(line.split(' ').filter(Boolean), env, LIST);
  if (parsed.kind !== 'run') throw new Error(parsed.kind === 'told' ? parsed.text : parsed.problem.message);
  return parsed.invocation;
}

function misused(line: string, env = {}) {
  const parsed = parse(line.split(' ').filter(Boolean), env, LIST);
  if (parsed.kind !== 'misused') throw new Error(`understood as ${parsed.kind}`);
  return parsed;
}

describe('what a verb is given', () => {
  test('arguments by name, and the rest as a list', () => {
    const { given, command } = run('move eu-west-1 a b');
    expect(command).toBe(MOVE);
    expect([given.argument('region'), given.all('rest')]).toEqual(['eu-west-1', ['a', 'b']]);
  });

  test('options that were typed, and defaults of those that were not', () => {
    const { given } = run('move eu-west-1 --no-fence --why maintenance --tag a --tag b');
    expect(given.option('--drain')).toBe('metrics');
    expect(given.has('--drain')).toBe(false);
    expect(given.has('--no-fence')).toBe(true);
    expect(given.option('--why')).toBe('maintenance');
    expect(given.options('--tag')).toEqual(['a', 'b']);
  });

  test('nothing where nothing was typed', () => {
    const { given } = run('move eu-west-1');
    expect([given.has('--no-fence'), given.option('--why'), given.options('--tag'), given.all('rest')]).toEqual([false, undefined, [], []]);
  });

  test('a verb of two words', () => {
    expect(run('things show').command).toBe(SHOW);
    expect(run('things set').command).toBe(SET);
  });

  test('a name that the command does not have is a mistake of ours', () => {
    const { given } = run('things show');
    expect(() => given.argument('region')).toThrow("'things show' has no argument 'region'");
    expect(() => given.option('--drain')).toThrow("'things show' has no option '--drain'");
  });
});

describe('global options', () => {
  test('are understood before and after the verb', () => {
    expect(run('--json move eu-west-1 -y').globals).toEqual({ json: true, yes: true, dryRun: false, timeoutMs: 600_000, verbose: false });
    expect(run('move --dry-run eu-west-1 --verbose --timeout 5').globals).toMatchObject({ dryRun: true, verbose: true, timeoutMs: 5_000 });
  });

  test('a verb has its own time, and a minute where it names none', () => {
    expect(run('things show').globals.timeoutMs).toBe(60_000);
  });

  test('a verb without a bound has none unless one is given', () => {
    const endless = { ...SHOW, name: 'endless', timeoutSeconds: 0 };
    const of = (args: string[]) => (parse(args, {}, [endless]) as { invocation: { globals: { timeoutMs: number } } }).invocation.globals.timeoutMs;
    expect(of(['endless'])).toBe(Infinity);
    expect(of(['endless', '--timeout', '3'])).toBe(3_000);
  });

  test('the manifest and how AWS is reached', () => {
    const { sources, reach, color } = run('things show --name /s3-failover/media --regions eu-west-1,us-east-1 --profile ops --region eu-west-1 --no-color');
    expect(sources).toMatchObject({ name: '/s3-failover/media', regions: ['eu-west-1', 'us-east-1'] });
    expect(reach).toEqual({ profile: 'ops', region: 'eu-west-1' });
    expect(color).toBe(false);
  });

  test('the environment counts where nothing was typed, and only then', () => {
    const env = { S3_FAILOVER_MANIFEST: 'kept.json', S3_FAILOVER_NAME: '/kept', S3_FAILOVER_REGIONS: 'eu-west-1' };
    expect(run('things show', env).sources).toEqual({ manifest: 'kept.json', name: '/kept', regions: ['eu-west-1'] });
    expect(run('things show --app cdk.out', env).sources).toMatchObject({ manifest: undefined, name: undefined, app: 'cdk.out' });
    expect(run('things show', { S3_FAILOVER_MANIFEST: '' }).sources.manifest).toBeUndefined();
  });
});

describe('help', () => {
  test('lists every verb, every global option and every exit code', () => {
    const parsed = parse(['--help'], {}, LIST);
    if (parsed.kind !== 'told') throw new Error(parsed.kind);
    for (const { name, summary } of LIST) expect(parsed.text).toMatch(new RegExp(`^  ${name}.* ${summary}$`, 'm'));
    for (const { flag } of GLOBAL_OPTIONS) expect(parsed.text).toContain(` ${flag}`);
    for (const code of Object.values(ExitCode)) expect(parsed.text).toMatch(new RegExp(`^  ${code} +\\S`, 'm'));
  });

  test('of a verb shows its detail, its options, the global ones, and an example', () => {
    for (const args of [['move', '--help'], ['help', 'move']]) {
      const parsed = parse(args, {}, LIST);
      if (parsed.kind !== 'told') throw new Error(parsed.kind);
      for (const part of ['Move something.', 'Only in tests.', '<region>', '--no-fence', '--json', '$ s3-failover move eu-west-1', '--yes is needed']) expect(parsed.text).toContain(part);
    }
  });

  test('tells the version', () => {
    expect(parse(['--version'], {}, LIST)).toEqual({ kind: 'told', text: `${version}\n` });
  });

  test.each(['', 'things'])('is what "%s" alone gets, as wrong usage', (line) => {
    const parsed = misused(line);
    expect(parsed.help).toContain('Usage: s3-failover');
    expect(parsed.problem.exit).toBe(ExitCode.USAGE);
  });
});

describe('wrong usage', () => {
  test.each([
    ['an unknown verb', 'mov eu-west-1', "unknown command 'mov'; did you mean 'move'?"],
    ['an unknown verb of a group', 'things shw', "unknown command 'shw'; did you mean 'show'?"],
    ['an unknown option', 'move eu-west-1 --no-fance', "unknown option '--no-fance'; did you mean '--no-fence'?"],
    ['a missing argument', 'move', "missing required argument 'region'"],
    ['too many arguments', 'things show a', "too many arguments for 'show': at most 0, got 1"],
    ['a choice that is none', 'move eu-west-1 --drain some', "option '--drain <level>' must be one of metrics, listing, got 'some'"],
    ['an option without its value', 'move eu-west-1 --why', "option '--why <text>' argument missing"],
    ['a time that is none', 'things show --timeout soon', "'--timeout' must be 1 to 86400 seconds, got 'soon'"],
    ['a time below the least', 'things show --timeout 0', "'--timeout' must be 1 to 86400 seconds, got '0'"],
    ['a Region that is none', 'things show --region Frankfurt', "'--region' must be the name of a Region, such as 'eu-west-1', got 'Frankfurt'"],
    ['a list of Regions that is none', 'things show --regions ,', "'--regions' must name at least one Region, got ','"],
  ])('fails when there is %s', (_, line, message) => {
    const { problem } = misused(line);
    expect(problem.message).toBe(message);
    expect(problem.exit).toBe(ExitCode.USAGE);
  });

  test('fails when an option is empty', () => {
    const parsed = parse(['things', 'show', '--name', ''], {}, LIST);
    expect(parsed).toMatchObject({ kind: 'misused', problem: { message: "'--name' must not be empty" } });
  });

  test('fails when the environment names no Region, and says where', () => {
    expect(misused('things show', { S3_FAILOVER_REGIONS: 'x' }).problem.message).toContain("'S3_FAILOVER_REGIONS' must be the name of a Region");
  });

  test('hints at the help of the verb as far as it was understood', () => {
    expect(misused('move').problem.next).toEqual(['s3-failover move --help']);
    expect(misused('things show --x').problem.next).toEqual(['s3-failover things show --help']);
    expect(misused('nothing').problem.next).toEqual(['s3-failover --help']);
  });

  test('knows that a document was asked for even when nothing else is understood', () => {
    expect(misused('nothing --json').json).toBe(true);
    expect(misused('things show -- --json').json).toBe(false);
  });
});

describe('the real verbs', () => {
  test.each(COMMANDS.map((command) => [command.name, command] as const))('%s has a summary of one line, examples that are understood, and no option twice', (_, command) => {
    expect(command.summary).toMatch(/^[a-z][^\n.]*$/);
    const flags = [...GLOBAL_OPTIONS, ...(command.options ?? [])].flatMap(({ flag, short }) => [flag, ...(short ? [short] : [])]);
    expect(new Set(flags).size).toBe(flags.length);
    expect(command.examples.length).toBeGreaterThan(0);
    for (const { line } of command.examples) {
      const typed = /s3-failover ([^|)>]*)/.exec(line)![1].match(/'[^']*'|"[^"]*"|\S+/g)!.map((word) => word.replace(/^['"]|['"]$/g, ''));
      const parsed = parse(typed);
      expect(parsed).toMatchObject({ kind: 'run', invocation: { command: { name: command.name } } });
    }
  });
});
