import { ExpectedResult, type IntegTest, Match } from '@aws-cdk/integ-tests-alpha';
import { Aws } from 'aws-cdk-lib';

/** Asserts what each Region's traffic dial is, whatever the order in which S3 lists the Regions. */
export function expectDials(integ: IntegTest, accessPointArn: string, dials: { [region: string]: number }): void {
  for (const [region, dial] of Object.entries(dials)) {
    const call = integ.assertions.awsApiCall('S3Control', 'getMultiRegionAccessPointRoutes', { AccountId: Aws.ACCOUNT_ID, Mrap: accessPointArn });
    call.provider.addToRolePolicy({ Effect: 'Allow', Action: ['s3:GetMultiRegionAccessPointRoutes'], Resource: [accessPointArn] });
    call.expect(ExpectedResult.objectLike({ Routes: Match.arrayWith([Match.objectLike({ Region: region, TrafficDialPercentage: dial })]) }));
  }
}
