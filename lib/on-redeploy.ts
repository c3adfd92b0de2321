/**
 * What a deployment does with live traffic when the template asks for nothing new.
 */
export enum OnRedeploy {
  /** Leave live routes as they are, and report in the resource's `Drift` attribute how they differ. */
  PRESERVE = 'PRESERVE',

  /**
   * Submit the routes that the template asks for.
   *
   * Any deployment, even one about something else, then moves traffic back after a failover.
   */
  ENFORCE = 'ENFORCE',

  /** Fail the deployment when live routes are not what the template asks for. */
  FAIL_ON_DRIFT = 'FAIL_ON_DRIFT',
}
