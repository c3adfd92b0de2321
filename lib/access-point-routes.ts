import { randomUUID } from 'node:crypto';
import { type CfnParameter, type CfnResource, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { FailoverSwitch } from './failover-switch';
import type { MultiRegionAccessPoint } from './multi-region-access-point';
import { OnRedeploy } from './on-redeploy';
import { GuardAttribute, type ManifestProperties, MARKER_PREFIX, ResourceType, RoutesAttribute, type RoutesProperties, RoutingMode } from './private/contract';
import type { ManifestController } from './private/controller-contract';
import { waitFor } from './private/dependencies';
import { Deployment } from './private/deployment';
import { invalid, warn } from './private/errors';
import { bucketArn, bucketNames } from './private/members';
import type { Statement } from './private/policy';
import { claim } from './private/registry';
import { Routing } from './routing';
import { WhenLagging } from './when-lagging';

/** Settings of the routes of an access point. */
export interface AccessPointRoutesProps {
  /** The access point whose traffic is routed; it must be in the same stack. */
  readonly accessPoint: MultiRegionAccessPoint;

  /**
   * Which Regions take traffic while nobody has switched.
   *
   * Changing it later moves no traffic by itself: live routes may be what they are because of a failover. See `onRedeploy`.
   *
   * @default Routing.latency()
   */
  readonly routing?: Routing;

  /**
   * What a deployment does with live traffic when the template asks for nothing new.
   *
   * @default OnRedeploy.PRESERVE
   */
  readonly onRedeploy?: OnRedeploy;
}

/**
 * Which Regions of an access point take traffic.
 *
 * S3 keeps this outside CloudFormation, so that traffic can be moved while CloudFormation is down. A deployment therefore
 * sets the routes once, and later only when a FailoverSwitch says so.
 */
export class AccessPointRoutes extends Construct {
  /** The access point whose traffic is routed. */
  public readonly accessPoint: MultiRegionAccessPoint;

  /** Which Regions take traffic while nobody has switched. */
  public readonly routing: Routing;

  /** Active Regions after the last deployment, separated by commas. */
  public readonly activeRegions: string;

  /** Empty, or one sentence that says how live routes differed at the last deployment from what the template asks for. */
  public readonly drift: string;

  /** @internal */
  public readonly _resource: CfnResource;

  /** @internal */
  public readonly _onRedeploy: OnRedeploy;

  /** @internal */
  public _switch?: Construct;

  /** @internal */
  public _controller?: Construct;

  constructor(scope: Construct, id: string, props: AccessPointRoutesProps) {
    super(scope, id);
    this.accessPoint = props.accessPoint;
    this.routing = props.routing ?? Routing.latency();
    this._onRedeploy = props.onRedeploy ?? OnRedeploy.PRESERVE;
    const { accessPoint, routing } = this;
    if (Stack.of(this) !== Stack.of(accessPoint)) {
      throw invalid(this, `'accessPoint' must be in the same stack, got one in '${Stack.of(accessPoint).node.path}'; make the routes there`);
    }
    routing._validate(this, accessPoint.regions);
    const holder = claim(this, 'routes', accessPoint.node.addr);
    if (holder) {
      throw invalid(this, `'accessPoint' has routes already, got '${accessPoint.node.path}' that '${holder.node.path}' routes; use those`);
    }

    const deployment = Deployment.of(this);
    const policy = deployment.allow(this, 'Policy', accessPoint.manifestParameterName, 'RoutesPolicy', this.statements());
    this._resource = deployment.resource(this, 'Resource', ResourceType.ROUTES, this.properties(this._onRedeploy), [policy]);
    waitFor(this._resource, accessPoint._resource);
    this.activeRegions = this._resource.getAtt(RoutesAttribute.ACTIVE_REGIONS).toString();
    this.drift = this._resource.getAtt(RoutesAttribute.DRIFT).toString();
    this.describeInManifest();
    accessPoint._stabilise(this._resource, 'Routes');
    this.warnOfHomeRegion();
    if (this._onRedeploy === OnRedeploy.ENFORCE) {
      warn(this, 'enforceUndoesFailover', `after a failover the next deployment, whatever it is about, moves traffic back, even while the Region that failed is down; use OnRedeploy.PRESERVE, or FAIL_ON_DRIFT to be told`);
    }
    this.node.addValidation({ validate: () => this.warnOfMissingSwitch() });
  }

  /**
   * Takes the stack parameters of a switch.
   * @internal
   */
  public _attachSwitch(owner: FailoverSwitch, parameters: { readonly activeRegion: CfnParameter; readonly switchId: CfnParameter }): void {
    this._switch = owner;
    const properties: Pick<RoutesProperties, 'ActiveRegion' | 'SwitchId' | 'WhenLagging' | 'ActiveRegionParameter' | 'SwitchIdParameter'> = {
      ActiveRegion: parameters.activeRegion.valueAsString,
      SwitchId: parameters.switchId.valueAsString,
      WhenLagging: owner.whenLagging,
      ActiveRegionParameter: owner.parameterName,
      SwitchIdParameter: owner.switchIdParameterName,
    };
    for (const [name, value] of Object.entries(properties)) this._resource.addPropertyOverride(name, value);
    if (owner.whenLagging === WhenLagging.SWITCH) return;
    const policy = Deployment.of(this).allowApart(this, 'SwitchPolicy', this.accessPoint.manifestParameterName, 'SwitchPolicy', this.lagStatements());
    waitFor(this._resource, policy);
  }

  /**
   * Tells deployments and the operator's tool of a controller, whose register every act must then take its epoch from.
   * @internal
   */
  public _attachController(owner: Construct, controller: ManifestController, regions: string[], statements: Statement[]): void {
    this._controller = owner;
    const { _guard, _manifest, _manifestRegions, manifestParameterName } = this.accessPoint;
    for (const resource of [_guard, this._resource, _manifest]) resource.addPropertyOverride('Controller', JSON.stringify(controller));
    _manifest.addPropertyOverride('Regions', [...new Set([..._manifestRegions, ...regions])].sort());
    const policy = Deployment.of(this).allowApart(this, 'RegisterPolicy', manifestParameterName, 'RegisterPolicy', statements);
    waitFor(_guard, policy);
    waitFor(this._resource, policy);
  }

  private properties(onRedeploy: OnRedeploy): RoutesProperties {
    return {
      AccessPointArn: this.accessPoint.arn,
      Buckets: bucketNames(this.accessPoint._members),
      ActiveRegions: this.routing._activeRegions(this.accessPoint.regions),
      OnRedeploy: onRedeploy,
      // CloudFormation calls nobody for an unchanged resource.
      SynthesisId: onRedeploy === OnRedeploy.PRESERVE ? undefined : randomUUID(),
    };
  }

  private statements(): Statement[] {
    const { arn, _guard } = this.accessPoint;
    // The second one: when the access point is replaced, the new one takes over the live routes of the old one.
    const live = _guard.getAtt(GuardAttribute.LIVE_ACCESS_POINT_ARN).toString();
    return [
      { Action: 's3:GetMultiRegionAccessPointRoutes', Resource: [arn, live] },
      { Action: 's3:SubmitMultiRegionAccessPointRoutes', Resource: arn },
    ];
  }

  /** To see how far the target of a switch is behind. */
  private lagStatements(): Statement[] {
    const members = this.accessPoint._members;
    const buckets = members.map((member) => bucketArn(this, member));
    // The prefix that a replication rule covers stands before ours.
    const markers = members.map((member) => bucketArn(this, member, `/*${MARKER_PREFIX}*`));
    return [
      { Action: 's3:GetReplicationConfiguration', Resource: buckets },
      { Action: ['s3:PutObject', 's3:DeleteObjectVersion'], Resource: markers },
      { Action: 's3:ListBucketVersions', Resource: buckets, Condition: { StringLike: { 's3:prefix': `*${MARKER_PREFIX}*` } } },
      // Metrics are no resources: the action takes none (AWS service authorization reference, Amazon CloudWatch).
      { Action: 'cloudwatch:GetMetricData', Resource: '*', Condition: { StringEquals: { 'aws:RequestedRegion': members.map(({ region }) => region) } } },
    ];
  }

  private warnOfHomeRegion(): void {
    const { region } = Stack.of(this);
    if (this.routing._mode !== RoutingMode.LATENCY && this.accessPoint.regions.includes(region)) {
      warn(this, 'homeRegionHoldsData', `while ${region} is down, so is CloudFormation there, and no deployment of '${Stack.of(this).stackName}' can switch away from it; move the stack to a Region that holds no bucket, or be ready to switch through the routes API of another Region`);
    }
  }

  /** At the end, since a switch and a controller are made after the routes. */
  private warnOfMissingSwitch(): string[] {
    if (this.routing._mode !== RoutingMode.LATENCY && !this._switch && !this._controller) {
      warn(this, 'noFailoverSwitch', `no deployment can move traffic to another Region, and where a switch was removed, traffic stays where it was; add a FailoverSwitch`);
    }
    return [];
  }

  private describeInManifest(): void {
    const { _manifest, regions } = this.accessPoint;
    const described: Pick<ManifestProperties, 'RoutingMode' | 'RoutingRegions'> = {
      RoutingMode: this.routing._mode,
      RoutingRegions: this.routing._manifestRegions(regions),
    };
    for (const [name, value] of Object.entries(described)) _manifest.addPropertyOverride(name, value);
    waitFor(_manifest, this._resource);
  }
}
