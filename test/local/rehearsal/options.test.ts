import { parseOptions, type Options } from '../../../local/rehearsal/options';

const PLACES = { root: '/repository', cwd: '/home/someone' };

function options(...argv: string[]): Options {
  const parsed = parseOptions(argv, PLACES);
  if (parsed.kind !== 'run') throw new Error(`${parsed.kind}: ${parsed.text}`);
  return parsed.options;
}

function misuse(...argv: string[]): string {
  const parsed = parseOptions(argv, PLACES);
  return parsed.kind === 'misused' ? parsed.text : `not refused, but ${parsed.kind}`;
}

test('needs no option', () => {
  expect(options()).toEqual({
    json: false, html: '/repository/.local/rehearsal/report.html', writesPerSecond: 5, requestTimeoutMs: 3_000, propagationMs: 5_000,
    replicationLagMs: 2_000, fault: 'blackhole', steadyMs: 5_000, patienceMs: 120_000, verbose: false,
  });
});

test('takes what it is given', () => {
  expect(options('--json', '--rate', '2.5', '--propagation', '120', '--replication-lag', '0.5', '--fault', 'refused', '--timeout', '1', '--steady', '2', '--patience', '30', '--verbose')).toMatchObject({
    json: true, writesPerSecond: 2.5, propagationMs: 120_000, replicationLagMs: 500, fault: 'refused', requestTimeoutMs: 1_000, steadyMs: 2_000, patienceMs: 30_000, verbose: true,
  });
});

test('puts the page where the user stands', () => {
  expect(options('--html', 'page.html').html).toBe('/home/someone/page.html');
  expect(options('--html', '/tmp/page.html').html).toBe('/tmp/page.html');
});

test.each(['--help', '-h'])('explains itself on %s', (flag) => {
  const parsed = parseOptions([flag], PLACES);
  expect(parsed.kind).toBe('help');
  const { text } = parsed as { text: string };
  for (const part of ['Usage: npm start -- [options]', '--propagation <seconds>', '--html <file>', 'Exit status: 0', 'NO_COLOR']) expect(text).toContain(part);
});

test.each([
  { argv: ['--rate', '21'], expected: "'--rate' must be 1 to 20 writes per second, got '21'" },
  { argv: ['--rate', 'many'], expected: "'--rate' must be 1 to 20 writes per second, got 'many'" },
  { argv: ['--propagation', '-1'], expected: "'--propagation' must be 0 to 300 seconds, got '-1'" },
  { argv: ['--propagation', ''], expected: "'--propagation' must be 0 to 300 seconds, got ''" },
  { argv: ['--replication-lag', '0'], expected: "'--replication-lag' must be 0.1 to 60 seconds, got '0'" },
  { argv: ['--timeout', 'Infinity'], expected: "'--timeout' must be 1 to 30 seconds" },
  { argv: ['--fault', 'flood'], expected: 'Allowed choices are blackhole, refused, failing' },
  { argv: ['--nope'], expected: "unknown option '--nope'" },
  { argv: ['us-west-2'], expected: 'too many arguments' },
])('fails when given $argv', ({ argv, expected }) => {
  expect(misuse(...argv)).toContain(expected);
  expect(misuse(...argv)).toContain('npm start -- --help shows the options');
});
