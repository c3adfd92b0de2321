/** As the example's, home first. */
export const REGIONS = [
  'us-east-1', 'us-west-2', 'eu-west-1', 'us-east-2', 'us-west-1', 'ap-south-1', 'ap-northeast-1', 'ap-northeast-2', 'ap-northeast-3',
  'ap-southeast-1', 'ap-southeast-2', 'ca-central-1', 'eu-central-1', 'eu-west-2', 'eu-west-3', 'eu-north-1', 'sa-east-1',
];

/** Regions that the command line asks for. */
export function regionsOfCommandLine(): string[] {
  return REGIONS.slice(0, Number.parseInt(process.argv[2], 10));
}
