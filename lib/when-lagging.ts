/**
 * What a switch by a deployment does while its target has not got everything that the active Region holds.
 */
export enum WhenLagging {
  /**
   * Fail the deployment, and say how far behind the target is and what to type.
   *
   * A marker that is written into the active Region must arrive in the target within a minute, the newest replication metrics must
   * not say more than a minute, and no replication may have failed in the last hour. When the active Region does not answer,
   * nothing can be known, and that is refused too: `SwitchId=force-...` switches all the same.
   */
  REFUSE = 'REFUSE',

  /**
   * Switch without a look.
   *
   * What was not replicated is missing in the target, until it arrives or for ever.
   */
  SWITCH = 'SWITCH',
}
