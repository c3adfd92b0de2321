import type { CfnElement, Stack } from 'aws-cdk-lib';

/** A finding of cdk-nag that stays, and why. */
export interface Acknowledged {
  /** Construct below the home stack. */
  readonly path: string;
  readonly id: string;
  readonly reason: string;
}

/**
 * What the example says of every finding of AwsSolutions: all are about the library's own resources. It is a list of our own,
 * since Validations.acknowledge() of aws-cdk-lib 2.257.0 refuses ids with '::', which cdk-nag 3 gives to single findings.
 */
export function acknowledgements(stack: Stack, regions: string[], prefix: string): Acknowledged[] {
  const bucketPath = (region: string) => (region === stack.region ? 'Media/Bucket' : `Media/${region}/Bucket`);
  const logs = regions.map((region) => ({
    path: bucketPath(region),
    id: 'AwsSolutions-S1',
    reason: 'where access logs go is the application\'s choice: it can be set on bucket(region), which is an s3.Bucket of its own',
  }));
  const parameters = ['', '/arn', '/alias'].map((suffix) => ({
    path: 'Media/AccessPoint/ParametersPolicy',
    id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ssm:*:<AWS::AccountId>:parameter/s3-failover/${prefix}${suffix}]`,
    reason: 'one parameter by its whole name; the star is the Region, since a manifest may still lie in a Region that was removed',
  }));
  const objects = regions.flatMap((source) =>
    regions.map((region) => ({
      path: `Media/Replication/Role-${source}`,
      id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:s3:::${prefix}-<AWS::AccountId>-${region}-an/*]`,
      reason: 'replication reads and writes every object of these buckets, and of no other',
    })),
  );
  const markers = regions.map((region) => ({
    path: 'Media/Routes/SwitchPolicy',
    id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:s3:::${prefix}-<AWS::AccountId>-${region}-an/*.s3-failover/marker/*]`,
    reason: 'markers only, which are written to see when they are replicated; the first star is the key prefix of a replication rule',
  }));
  const handler = stack.node.findChild('S3FailoverDeployment').node.findChild('Handler').node.defaultChild as CfnElement;
  return [
    ...logs,
    ...parameters,
    ...objects,
    ...markers,
    {
      path: 'Media/Routes/SwitchPolicy',
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'cloudwatch:GetMetricData takes no resource; a condition keeps it to the Regions of the buckets',
    },
    {
      path: 'S3FailoverDeployment/FrameworkRole/DefaultPolicy',
      id: `AwsSolutions-IAM5[Resource::<${stack.getLogicalId(handler)}.Arn>:*]`,
      reason: 'aws-cdk-lib writes it: the provider may call any version of this one function',
    },
    {
      path: 'S3FailoverDeployment/Provider/framework-onEvent',
      id: 'AwsSolutions-L1',
      reason: 'aws-cdk-lib chooses the runtime of its own provider function, and moves it with its version',
    },
  ];
}

/** The same for what a controller adds. */
export function controllerAcknowledgements(order: string[], controlRegions: string[], prefix: string): Acknowledged[] {
  const voters = controlRegions.map((region) => `Controller/${region}/Control/Voter/Role/DefaultPolicy`);
  return [
    {
      path: 'Media/Routes/RegisterPolicy',
      id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:dynamodb:*:<AWS::AccountId>:table/${prefix}-controller]`,
      reason: 'one table by its whole name; the star is the Region, since a table may still lie in a Region that the controller has left',
    },
    ...order.map((region) => ({
      path: `Controller/${region}/Watched/Probes`,
      id: 'AwsSolutions-S1',
      reason: 'nobody but the observers writes there, and what they write says nothing',
    })),
    ...voters.flatMap((path) =>
      order.map((region) => ({
        path,
        id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:s3:::${prefix}-<AWS::AccountId>-${region}-an/.s3-failover/heartbeat/*]`,
        reason: 'one small object for each Region, to see when it is replicated',
      })),
    ),
    ...voters.map((path) => ({
      path,
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'metrics are no resources, and composite alarms are answered to nobody whose permission names one; a condition keeps both to their Regions',
    })),
  ];
}
