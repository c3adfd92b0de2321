import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { SHELLS, type Shell } from '../../../../runtime/cli/commands/completion';
import { manifest } from '../../support/manifest';
import { manifestFile, temporaryFolder } from '../support/manifest-file';

/** A folder with the bundled command in it, and one file to complete. */
const folder = temporaryFolder();
const CLI = resolve(__dirname, '../../../../bin/s3-failover');
mkdirSync(join(folder, 'bin'));
symlinkSync(CLI, join(folder, 'bin', 's3-failover'));
writeFileSync(join(folder, 'media.json'), '');

const env = { ...process.env, PATH: `${join(folder, 'bin')}:${process.env.PATH}`, S3_FAILOVER_MANIFEST: manifestFile(manifest()), HOME: folder };

/** What each shell is told in order to complete a line as it would when Tab is pressed, and print the candidates. */
const PRESS_TAB: { readonly [shell in Shell]: (line: string) => string } = {
  bash: (line) => `
    source <(s3-failover completion bash)
    COMP_WORDS=(${quoted(line)}); COMP_CWORD=$(( \${#COMP_WORDS[@]} - 1 ))
    _s3_failover
    printf '%s\\n' "\${COMPREPLY[@]}"`,
  // The functions of zsh's own that ours calls; a terminal is needed for the real ones.
  zsh: (line) => `
    compdef() { :; }
    _files() { print -l -- *.json; }
    _describe() { print -l -- "\${(@P)2}"; }
    source <(s3-failover completion zsh)
    words=(${quoted(line)}); CURRENT=\${#words}
    _s3_failover`,
  fish: (line) => `
    s3-failover completion fish | source
    complete -C ${JSON.stringify(line)}`,
};

function quoted(line: string): string {
  return line.split(' ').map((word) => `'${word}'`).join(' ');
}

/** Candidates without what is said of them. */
function tab(shell: Shell, line: string): string[] {
  const output = execFileSync(shell, ['-c', PRESS_TAB[shell](line)], { cwd: folder, env, encoding: 'utf8' });
  return output.split('\n').filter(Boolean).map((candidate) => candidate.split(/[\t:]/)[0]);
}

/** Bash is everywhere that this is developed; the others are tried where they are. */
const installed = SHELLS.filter((shell) => spawnSync(shell, ['-c', 'exit 0']).status === 0);

test('bash is here to be tried', () => {
  expect(installed).toContain('bash');
});

describe.each(installed)(`completion in ${installed.join(', ')} (of ${SHELLS.join(', ')}): %s`, (shell) => {
  test('completes a verb', () => {
    expect(tab(shell, 's3-failover stat')).toEqual(['status']);
  });

  test('completes the second word of a group', () => {
    expect(tab(shell, 's3-failover routes ')).toContain('show');
  });

  test('completes an option, after what else was typed', () => {
    expect(tab(shell, 's3-failover watch --profile ops --ev')).toEqual(['--every']);
  });

  test('completes a Region of the manifest', () => {
    expect(tab(shell, 's3-failover status --region us-')).toEqual(['us-east-1', 'us-west-2']);
  });

  test('completes the choices of an argument', () => {
    expect(tab(shell, 's3-failover completion z')).toEqual(['zsh']);
  });

  test('leaves files to the shell', () => {
    // Bash completes files itself where our function says nothing.
    expect(tab(shell, 's3-failover status --manifest m')).toEqual(shell === 'bash' ? [] : ['media.json']);
  });
});
