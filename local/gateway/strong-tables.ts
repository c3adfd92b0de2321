import { join } from 'node:path';
import type { Exchange } from './exchange';
import type { ExtensionContext, ExtensionFactory, GatewayExtension } from './extension';

/** Global tables of DynamoDB, the strongly consistent ones among them, that know which Regions are dead: local/emulator/strong_tables_hook.py. */
export const strongTables: ExtensionFactory = {
  name: 'strongTables',
  emulatorPatches: [join(__dirname, '..', 'emulator', 'strong_tables_hook.py')],
  create: (context) => new StrongTables(context),
};

class StrongTables implements GatewayExtension {
  public readonly name = strongTables.name;

  public constructor(private readonly context: ExtensionContext) {}

  public forwarded({ service }: Exchange): Record<string, string> {
    return service === 'dynamodb' ? { 'X-Local-Aws-Dead-Regions': this.context.deadRegions().join(',') } : {};
  }
}
