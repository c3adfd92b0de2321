import type { ManifestController } from '../../../lib/private/controller-contract';
import { policyOf } from '../../../runtime/core/controller/policy';
import { TableRegister } from '../../../runtime/core/controller/register';
import { claimed } from '../../../runtime/core/controller/register-moves';
import { formatRegister, parseRegister, REGISTER, type RegisterState } from '../../../runtime/core/controller/register-state';
import { ReplicatedTable } from '../../../runtime/core/controller/replicated-table';
import type { OperateWorld } from '../../../runtime/core/operate/act/world';
import type { ControllerPort } from '../../../runtime/core/operate/controller';
import type { FakeEstate } from './fake-estate';
import { seeded } from './random';

export const CONTROLLER: ManifestController = { table: 'media-controller', policy: { voters: ['us-east-1', 'us-east-2', 'us-west-2'], coolDownMs: 600_000 } };

/** A fake estate's manifest with a controller. */
export const CONTROLLED = { version: 2, controller: CONTROLLER } as const;

/** The register as a voter leaves it after its first look, with what a test changes of it. */
export function beginRegister(world: FakeEstate, active: string, changed: Partial<RegisterState> = {}): void {
  const first = claimed(undefined, { id: 'first', kind: 'adopted', by: 'voter us-east-1', why: 'it begins', active: [active], coolDownMs: 0 });
  world.memory.write(REGISTER, formatRegister({ ...first, ...changed }));
}

export function registerOf(world: FakeEstate): RegisterState {
  return parseRegister(world.memory.items.get(REGISTER)!.item);
}

/** What a person's tool reaches of a controller: its table in three control Regions, each of which dies with its Region. */
export function withController(world: FakeEstate): Pick<OperateWorld, 'register'> & { readonly controller: ControllerPort } {
  const { clock, wall, estate } = world;
  const policy = policyOf({ ...CONTROLLER.policy, order: estate.members });
  const table = new ReplicatedTable(clock, policy.voters.map((region) => ({ region, table: world.table(region) })));
  return { register: new TableRegister({ table, clock, wall, random: seeded(1) }, policy.coolDownMs), controller: { policy, table, replica: (region) => world.table(region) } };
}
