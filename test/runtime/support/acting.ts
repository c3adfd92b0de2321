import type { Plan } from '../../../runtime/core/operate/act/plan';
import type { Teller } from '../../../runtime/core/operate/act/world';

/** Notes what it is told, and answers as the test says. */
export class MemoryTeller implements Teller {
  readonly said: string[] = [];
  readonly steps: string[] = [];
  readonly plans: Plan[] = [];

  constructor(private readonly answer: 'yes' | 'no' | ((plan: Plan) => 'yes' | 'no' | Promise<'yes' | 'no'>) = 'yes') {}

  step(name: string): void {
    this.steps.push(name);
  }

  progress(): void {
    return undefined;
  }

  say(line: string): void {
    this.said.push(line);
  }

  async confirm(plan: Plan): Promise<'yes' | 'no'> {
    this.plans.push(plan);
    return typeof this.answer === 'string' ? this.answer : this.answer(plan);
  }
}
