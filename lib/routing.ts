import { Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { RoutingMode } from './private/contract';
import { invalid, list } from './private/errors';

/**
 * How requests find a Region: which Regions take traffic while nobody has switched.
 *
 * S3 knows two states per Region, active and passive, and sends each request to the nearest active Region. A Region that
 * is passive never receives traffic by itself.
 */
export class Routing {
  /**
   * Every Region is active: a request goes to the nearest one.
   *
   * Two clients that write one key in two Regions overwrite each other, and a reader may be ahead of replication.
   */
  public static latency(): Routing {
    return new Routing(RoutingMode.LATENCY, []);
  }

  /**
   * One Region takes all traffic; the others stand by until somebody switches.
   *
   * @param region the Region that is active at first
   */
  public static activePassive(region: string): Routing {
    return new Routing(RoutingMode.ACTIVE_PASSIVE, [region]);
  }

  /**
   * One Region takes all traffic, the first of an ordered list; the order says where traffic goes when it fails.
   *
   * The order is written to the manifest, for the tools that choose a target. Regions that are not in the list never
   * become one. S3 itself does not act on the order.
   *
   * @param regions Regions in order of preference, the first is active at first
   */
  public static failoverOrder(regions: string[]): Routing {
    return new Routing(RoutingMode.FAILOVER_ORDER, [...regions]);
  }

  /** @internal */
  public readonly _mode: RoutingMode;

  /** @internal */
  public readonly _order: string[];

  private constructor(mode: RoutingMode, order: string[]) {
    this._mode = mode;
    this._order = order;
  }

  /**
   * Refuses a Region that is no member of the access point.
   * @internal
   */
  public _validate(scope: IConstruct, members: string[]): void {
    if (this._order.some((region) => Token.isUnresolved(region))) {
      throw invalid(scope, `'routing' must name Regions as plain strings, got a token; Regions must be known at synthesis, so choose from ${list(members)}`);
    }
    const seen = new Set<string>();
    for (const region of this._order) {
      if (!members.includes(region)) {
        throw invalid(scope, `'routing' may not name '${region}', which is not one of the access point's Regions, got ${list(this._order)}; choose from ${list(members)}`);
      }
      if (seen.has(region)) {
        throw invalid(scope, `'routing' may name a Region once, got ${list(this._order)}; remove the second '${region}'`);
      }
      seen.add(region);
    }
    if (this._mode === RoutingMode.FAILOVER_ORDER && seen.size < 2) {
      throw invalid(scope, `'routing' as a failover order needs at least 2 Regions, got ${list(this._order)}; add the Region that should take over, or use Routing.activePassive()`);
    }
  }

  /**
   * Regions that take traffic while nobody has switched.
   * @internal
   */
  public _activeRegions(members: string[]): string[] {
    return this._mode === RoutingMode.LATENCY ? members : this._order.slice(0, 1);
  }

  /**
   * Regions as the manifest lists them: every active one, or the whole order.
   * @internal
   */
  public _manifestRegions(members: string[]): string[] {
    return this._mode === RoutingMode.LATENCY ? members : this._order;
  }
}
