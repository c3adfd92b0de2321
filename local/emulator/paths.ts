import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');

/** Everything that is made at run time; git ignores it. */
export const LOCAL_FOLDER = join(ROOT, '.local');
export const LOG_FOLDER = join(LOCAL_FOLDER, 'log');
export const VENV_PYTHON = join(LOCAL_FOLDER, 'venv', 'bin', 'python');
/** Holds the `sitecustomize` that leads Python processes here. */
export const PYTHON_PATH = join(__dirname, 'python');
export const NODE_MODULES = join(ROOT, 'node_modules');
export const PRELOAD = join(__dirname, 'preload.cjs');
export const CDK_COMMAND = join(NODE_MODULES, 'aws-cdk', 'bin', 'cdk');
