import { CfnElement, CfnParameter, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { AccessPointRoutes } from './access-point-routes';
import type { MultiRegionBucket } from './multi-region-bucket';
import { FORCE_PREFIX, RoutingMode, UNCHANGED } from './private/contract';
import { invalid } from './private/errors';
import { claim } from './private/registry';
import { WhenLagging } from './when-lagging';

/** What CloudFormation takes as a parameter's name. */
const PARAMETER_NAME = /^[A-Za-z0-9]{1,255}$/;

/** Settings of a switch. */
export interface FailoverSwitchProps {
  /**
   * The bucket whose active Region is switched.
   *
   * @default - `routes` says what is switched
   */
  readonly bucket?: MultiRegionBucket;

  /**
   * The routes that are switched, where an access point was made on its own.
   *
   * @default - the routes of `bucket`
   */
  readonly routes?: AccessPointRoutes;

  /**
   * Name of the stack parameter that takes the Region to become active.
   *
   * @default 'ActiveRegion'
   */
  readonly parameterName?: string;

  /**
   * Name of the stack parameter that makes a switch happen again to a Region that was passed before.
   *
   * A new value that begins with `force-` switches once, whatever `whenLagging` says.
   *
   * @default 'SwitchId'
   */
  readonly switchIdParameterName?: string;

  /**
   * What a switch does while its target has not got everything that the active Region holds.
   *
   * A deployment fences nobody off: what is written while routes take effect may land in either Region, whatever this says.
   *
   * @default WhenLagging.REFUSE
   */
  readonly whenLagging?: WhenLagging;
}

/**
 * Lets a deployment switch the active Region, by a stack parameter.
 *
 * The parameter's default leaves traffic where it is, so that a pipeline that passes no parameters never moves it. A switch
 * this way needs CloudFormation in the stack's own Region.
 */
export class FailoverSwitch extends Construct {
  /** Name of the stack parameter that takes the Region to become active. */
  public readonly parameterName: string;

  /** Name of the stack parameter that makes a switch happen again, or whatever the lag. */
  public readonly switchIdParameterName: string;

  /** What a switch does while its target has not got everything that the active Region holds. */
  public readonly whenLagging: WhenLagging;

  constructor(scope: Construct, id: string, props: FailoverSwitchProps) {
    super(scope, id);
    this.parameterName = props.parameterName ?? 'ActiveRegion';
    this.switchIdParameterName = props.switchIdParameterName ?? 'SwitchId';
    this.whenLagging = props.whenLagging ?? WhenLagging.REFUSE;
    const routes = this.routesOf(props);
    this.validateRoutes(routes);
    this.validateNames();

    const regions = routes.accessPoint.regions;
    const activeRegion = this.parameter('ActiveRegion', this.parameterName, {
      description: `Region that takes all traffic of the access point; '${UNCHANGED}' leaves traffic where it is`,
      allowedValues: [UNCHANGED, ...regions],
      default: UNCHANGED,
    });
    const switchId = this.parameter('SwitchId', this.switchIdParameterName, {
      description: `Any new text, given with ${this.parameterName}, switches again to a Region that was passed before; text that begins with '${FORCE_PREFIX}' switches whatever has not been replicated`,
      default: '',
    });
    routes._attachSwitch(this, { activeRegion, switchId });
  }

  private routesOf(props: FailoverSwitchProps): AccessPointRoutes {
    const given = [props.bucket && 'bucket', props.routes && 'routes'].filter(Boolean);
    if (given.length !== 1) {
      throw invalid(this, `'bucket' or 'routes' must be given, and not both, got ${given.length === 0 ? 'neither' : 'both'}; pass the MultiRegionBucket as 'bucket'`);
    }
    const routes = props.routes ?? props.bucket?.routes;
    if (!routes) {
      throw invalid(this, `'bucket' must be one that this stack makes, got '${props.bucket?.node.path}', which was imported; make the switch in the stack of the bucket`);
    }
    return routes;
  }

  private validateRoutes(routes: AccessPointRoutes): void {
    const stack = Stack.of(this);
    if (Stack.of(routes) !== stack) {
      throw invalid(this, `the switch must be in the stack of its routes '${Stack.of(routes).node.path}', got '${stack.node.path}'; a stack parameter reaches no other stack, so make the switch there`);
    }
    if (stack.nested) {
      throw invalid(this, `the switch may not be in a nested stack, got '${stack.node.path}'; parameters given at deployment do not reach it, so move bucket and switch to the top-level stack`);
    }
    if (routes.routing._mode === RoutingMode.LATENCY) {
      throw invalid(this, `'routing' of the bucket must have one active Region to be switched, got Routing.latency(); use Routing.activePassive() or Routing.failoverOrder()`);
    }
    if (routes._switch) {
      throw invalid(this, `the access point has a switch already, got a second one beside '${routes._switch.node.path}'; remove one`);
    }
  }

  private validateNames(): void {
    const names = { parameterName: this.parameterName, switchIdParameterName: this.switchIdParameterName };
    for (const [property, name] of Object.entries(names)) {
      if (!PARAMETER_NAME.test(name)) {
        throw invalid(this, `'${property}' must be letters and digits, as CloudFormation wants, got '${name}'; choose a name such as 'ActiveRegion'`);
      }
    }
    if (this.parameterName === this.switchIdParameterName) {
      throw invalid(this, `'switchIdParameterName' must differ from 'parameterName', got '${this.parameterName}' for both; leave one of them out`);
    }
    const stack = Stack.of(this);
    for (const [property, name] of Object.entries(names)) {
      const child = stack.node.tryFindChild(name);
      const holder = child && CfnElement.isCfnElement(child) ? child : claim(this, `parameter of ${stack.node.addr}`, name);
      if (holder) {
        throw invalid(this, `'${property}' must be a name that the stack has not yet, got '${name}' as '${holder.node.path}' has; give this switch names of its own`);
      }
    }
  }

  private parameter(id: string, name: string, props: { description: string; default: string; allowedValues?: string[] }): CfnParameter {
    const parameter = new CfnParameter(this, id, { type: 'String', ...props });
    parameter.overrideLogicalId(name);
    return parameter;
  }
}
