import * as z from 'zod';
import { Problem } from '../problem';
import { textOf } from './file';
import type { ParameterAddress } from './source';

const outputsSchema = z.record(z.string(), z.record(z.string(), z.unknown()));

/** The default names begin so; any other is known by the output's key. */
const DEFAULT_PREFIX = '/s3-failover/';
const PARAMETER_NAME = /^\/?[\w.-]+(\/[\w.-]+)*$/;

/** Parameter names of manifests among the values of `cdk deploy --outputs-file`. */
export function parametersInOutputs(file: string): readonly ParameterAddress[] {
  const outputs = outputsSchema.safeParse(jsonOf(textOf(file, '--outputs')));
  if (!outputs.success) throw new Problem('OutputsMalformed', `'--outputs' must name a file made by cdk deploy --outputs-file, got '${file}', which holds no outputs of stacks`);
  const names = Object.values(outputs.data).flatMap((stack) => Object.entries(stack).flatMap(([key, value]) => (isManifestName(key, value) ? [value] : [])));
  return [...new Set(names)].map((name) => ({ name }));
}

function isManifestName(key: string, value: unknown): value is string {
  if (typeof value !== 'string' || !PARAMETER_NAME.test(value) || /\/(arn|alias)$/.test(value)) return false;
  return value.startsWith(DEFAULT_PREFIX) || /manifest/i.test(key);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
