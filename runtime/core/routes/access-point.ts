/** A Multi-Region Access Point by its ARN: the only name that route calls accept. */
export interface AccessPoint {
  readonly arn: string;
  readonly partition: string;
  /** Owner of the access point; route calls go to this account's endpoints. */
  readonly account: string;
  /** Ends in `.mrap`. */
  readonly alias: string;
}

/** The Region is empty in these ARNs: one with a Region names a Regional access point, which has no routes. */
const ARN = /^arn:(aws(?:-[a-z]+)*):s3::(\d{12}):accesspoint\/([a-z0-9]+\.mrap)$/;

export function parseAccessPointArn(text: string): AccessPoint | undefined {
  const match = ARN.exec(text);
  return match ? { arn: text, partition: match[1], account: match[2], alias: match[3] } : undefined;
}
