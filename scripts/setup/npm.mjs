import { run } from './run.mjs';

/** The npm that runs us, if one does, else the one on the path. */
export function npmCommand(env = process.env) {
  if (env.npm_execpath?.endsWith('npm-cli.js')) return { command: process.execPath, args: [env.npm_execpath], shell: false };
  return { command: 'npm', args: [], shell: process.platform === 'win32' };
}

/** Runs npm in a folder, as a person there would. */
export function runNpm(args, { cwd, log }) {
  const npm = npmCommand();
  return run(npm.command, [...npm.args, ...args], { cwd, log, shell: npm.shell, env: npmEnvironment() });
}

/** npm hands its settings to what it runs, the folder it works on among them: only those about the network may go on. */
export function npmEnvironment(env = process.env) {
  const kept = ([name]) => !/^npm_/i.test(name) || /^npm_config_(registry|cache|userconfig|globalconfig|cafile|ca|strict_ssl|.*proxy)$/i.test(name) || name === 'npm_execpath';
  return Object.fromEntries(Object.entries(env).filter(kept));
}
