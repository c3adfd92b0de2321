import type { Estate } from '../../../../runtime/core/operate/estate';
import type { Replication } from '../../faults/plan';
import type { Process } from '../process';
import type { Stream } from '../random';
import type { World } from '../world';
import { bucketOf, simulatedEstate } from './estate';
import { Objects } from './objects';
import { Policies } from './policies';
import { Writers } from './writers';

/** The data side of the estate: buckets with versions and policies, and clients with a record of what they were told. Only in schedules that need it. */
export class Side {
  readonly objects: Objects;
  readonly estate: Estate;
  readonly writers: Writers;
  readonly random: Stream;
  private readonly policies: ReadonlyMap<string, Policies>;

  constructor(
    private readonly world: World,
    private readonly epochMs: number,
    accessPointArn: string,
    replication: Replication,
  ) {
    const { time, seeds, plan } = world;
    this.random = seeds.of('buckets');
    this.objects = new Objects(time, plan.data, seeds.of('replication'), replication, epochMs);
    this.estate = simulatedEstate(plan.data, accessPointArn);
    this.policies = new Map(plan.data.map((region) => [region, new Policies(time, seeds.of('policies'), bucketOf(region), () => this.wall())]));
    this.writers = new Writers(time, this, seeds.of('writers'));
  }

  /** The services' own time of day. */
  wall(): number {
    return this.epochMs + this.world.time.now;
  }

  policy(region: string): Policies {
    const policy = this.policies.get(region);
    if (!policy) throw new Error(`no bucket in ${region}`);
    return policy;
  }

  denies(region: string, action: string, key: string): boolean {
    return this.policy(region).denies(action, key);
  }

  putPolicy(by: Process, region: string, text: string | undefined): void {
    this.policy(region).put(text);
    this.world.note(by.name, `policy of ${region}: ${text ?? 'none'}`);
    this.world.tell({ kind: 'policy written', at: this.world.time.now, by, region, text });
  }
}
