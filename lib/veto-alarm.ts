import { Arn, ArnFormat, aws_cloudwatch as cloudwatch, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { VetoAlarm as Setting } from './private/controller-contract';
import { invalid } from './private/errors';

/**
 * A CloudWatch alarm that keeps the controller from moving traffic while it is in ALARM.
 *
 * Use it for what only the application knows, such as a database in the target Region that is not ready. It never causes a failover, and one
 * that cannot be read holds nothing.
 */
export class VetoAlarm {
  /**
   * An alarm of this app, or one that was imported by its ARN.
   *
   * It needs an `alarmName` of its own, since names alone cross from one Region's stack to another's.
   *
   * @param alarm metric or composite alarm in any Region of the account
   */
  public static fromAlarm(alarm: cloudwatch.IAlarm): VetoAlarm {
    const { region, name } = placeOf(alarm);
    return new VetoAlarm(region, name, alarm);
  }

  /**
   * An alarm by its name.
   *
   * @param region Region of the alarm
   * @param alarmName name of the alarm
   */
  public static fromName(region: string, alarmName: string): VetoAlarm {
    return new VetoAlarm(region, alarmName);
  }

  private constructor(private readonly region: string, private readonly alarmName: string, private readonly alarm?: cloudwatch.IAlarm) {}

  /** @internal */
  public _setting(scope: IConstruct): Setting {
    const what = this.alarm ? `the alarm '${this.alarm.node.path}'` : `the alarm '${this.alarmName}'`;
    if (Token.isUnresolved(this.region)) {
      throw invalid(scope, `'vetoAlarms' must lie in Regions that are known at synthesis, got ${what} in a token; set 'env.region' on its stack, or use VetoAlarm.fromName()`);
    }
    if (Token.isUnresolved(this.alarmName) || this.alarmName === '') {
      throw invalid(scope, `'vetoAlarms' must have names that are known at synthesis, got ${what} without one; set its 'alarmName'`);
    }
    return { region: this.region, name: this.alarmName };
  }
}

/** The name that the alarm was given, not the reference that CDK makes of it; and the Region of its ARN, not that of the stack that imported it. */
function placeOf(alarm: cloudwatch.IAlarm): { readonly region: string; readonly name: string } {
  const resource = alarm.node.defaultChild;
  if (resource instanceof cloudwatch.CfnAlarm || resource instanceof cloudwatch.CfnCompositeAlarm) return { region: resource.stack.region, name: resource.alarmName ?? '' };
  const { region = alarm.env.region } = Arn.split(alarm.alarmArn, ArnFormat.COLON_RESOURCE_NAME);
  return { region, name: alarm.alarmName };
}
