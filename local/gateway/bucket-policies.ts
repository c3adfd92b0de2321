import { join } from 'node:path';
import { z } from 'zod';
import type { Exchange } from './exchange';
import type { ExtensionContext, ExtensionFactory, GatewayExtension } from './extension';

/**
 * Bucket policies that take effect some time after they were put, and hit root: local/emulator/bucket_policy_hook.py.
 *
 * Adds `setPolicyDelay` to the control API.
 */
export const bucketPolicies: ExtensionFactory = {
  name: 'bucketPolicies',
  emulatorPatches: [join(__dirname, '..', 'emulator', 'bucket_policy_hook.py')],
  create: (context) => new BucketPolicies(context),
};

class BucketPolicies implements GatewayExtension {
  public readonly name = bucketPolicies.name;
  private delayMs = 0;

  public constructor(context: ExtensionContext) {
    context.control('setPolicyDelay', z.strictObject({ ms: z.number().min(0).max(600_000) }), ({ ms }) => { this.delayMs = ms; });
  }

  public forwarded({ service }: Exchange): Record<string, string> {
    return service === 's3' ? { 'X-Local-Aws-Policy-Delay': String(this.delayMs) } : {};
  }

  public state(): unknown {
    return { delayMs: this.delayMs };
  }
}
