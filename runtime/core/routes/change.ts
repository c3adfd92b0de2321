import type { Instant } from '../ports';
import type { AccessPoint } from './access-point';
import { backoffMs, type Backoff } from './backoff';
import type { Attempt, ChangeEvent, ChangeResult, Failed, Pending } from './change-result';
import type { Decide } from './decision';
import { callOnce, timeLeft, type Limits } from './endpoint';
import { explain, leavesDoubt, listFailures, stops, type EndpointFailure } from './failure';
import { findOutCommand } from './find-out';
import { prove } from './prove';
import { READ_TIMES, readFailed, surveyRoutes, viewsOf, type ReadTimes, type Survey } from './read';
import { Roster, type RosterOptions } from './roster';
import { activeRegions, describeRoutes, list, planFault, sameRoutes, type Routes } from './routes';
import type { RouteWorld } from './world';

export interface ChangeRequest extends RosterOptions {
  readonly accessPoint: AccessPoint;
  readonly decide: Decide;
  readonly limits: Limits;
  /** For how long 403 and 404 are retried, because the access point or the permission may be new. */
  readonly newForMs?: number;
  /** Endpoints that answered when the change was planned: no other is waited for as long as one of them lives. */
  readonly expects?: readonly string[];
  /** Sends even what reads as wanted already: endpoints may tell old routes, or those of somebody's act that never came to traffic. */
  readonly resend?: boolean;
  /** Asked right before each send, by an act that may be called off. */
  readonly gate?: Gate;
  /** Called with what happens, when it happens. */
  readonly tell?: (event: ChangeEvent) => void;
}

/** Whether a submit may be sent, and until when the answer holds: later than that nothing is sent. Rejecting is a no. */
export type Gate = () => Promise<{ readonly kind: 'open'; readonly until: Instant } | { readonly kind: 'shut'; readonly reason: string }>;

export interface ChangeTimes {
  readonly read: ReadTimes;
  /** One submit's time to answer; what takes longer is in doubt. */
  readonly submitMs: number;
  /** With less time than this a submit is not begun: it would most likely end in doubt. */
  readonly leastMs: number;
  /** How long an accepted change may take to show on reading. */
  readonly proofMs: number;
  readonly conflict: Backoff;
  readonly slowDown: Backoff;
  readonly silence: Backoff;
}

export const CHANGE_TIMES: ChangeTimes = {
  read: READ_TIMES,
  submitMs: 5_000,
  leastMs: 1_000,
  proofMs: 30_000,
  conflict: { firstMs: 200, mostMs: 3_000 },
  slowDown: { firstMs: 500, mostMs: 10_000 },
  silence: { firstMs: 500, mostMs: 10_000 },
};

/** Turns of read, decide and submit. With the longest back-off this is more than a deployment has time for. */
const MOST_ROUNDS = 100;
/** Submits in one act: each endpoint twice, and a few for conflicts. */
const MOST_SUBMITS = 15;
/** Looks at disagreeing endpoints before giving up: what one act changed shows everywhere within seconds. */
const MOST_LOOKS = 4;

/**
 * Brings live routes to what `decide` wants: read, decide, submit at one endpoint, prove.
 *
 * A submit is never hedged, since one that was given up may still land. After a lost word the routes are read elsewhere
 * before anything else is sent, and only the same routes are sent again: two different changes are never in doubt at once.
 */
export async function changeRoutes(world: RouteWorld, request: ChangeRequest, times: ChangeTimes = CHANGE_TIMES): Promise<ChangeResult> {
  const act = new Act(world, request, times);
  return act.run();
}

class Act {
  private readonly began: number;
  private readonly attempts: Attempt[] = [];
  private readonly pending: Pending[] = [];
  private readonly roster: Roster;
  private before?: Routes;
  private live?: Routes;
  private survey?: Survey;
  /** Endpoints that showed what is wanted before anything was sent. */
  private told: readonly string[] = [];
  /** Live routes as the endpoints had them when the first submit was sent. */
  private old: readonly Routes[] = [];
  private looks = 0;
  private waits = 0;

  constructor(
    private readonly world: RouteWorld,
    private readonly request: ChangeRequest,
    private readonly times: ChangeTimes,
  ) {
    this.began = world.clock.now();
    this.roster = new Roster(world.endpoints, request);
  }

  async run(): Promise<ChangeResult> {
    for (let round = 0; round < MOST_ROUNDS && this.timeLeft() > 0; round++) {
      const result = await this.round();
      if (result) return result;
    }
    return this.outOfTime();
  }

  /** One reading and at most one submit. Nothing is returned when the next round should look again. */
  private async round(): Promise<ChangeResult | undefined> {
    const survey = await this.look();
    const trusted = this.roster.trusted(survey);
    if (trusted.length === 0) return this.nothingRead(survey);

    const views = viewsOf(trusted);
    const decisions = views.map((view) => ({ live: view.routes, decision: this.request.decide(view.routes) }));
    const [first, ...others] = decisions;
    this.live = first.live;
    this.before ??= first.live;

    const agreed = others.every((other) => sameDecision(first.decision, other.decision));
    if (!agreed) return this.disagreed(survey);
    if (first.decision.kind === 'refuse')
      return {
        kind: 'refused',
        because: 'moved',
        ...this.account(`nothing ${this.pending.length > 0 ? 'more ' : ''}was sent: ${first.decision.reason}`),
      };

    const wanted = first.decision.routes;
    const doubted = this.pending.at(-1);
    if (doubted && !sameRoutes(doubted.routes, wanted)) {
      return {
        kind: 'refused',
        because: 'moved',
        ...this.account(
          `nothing more was sent: a change to ${describeRoutes(doubted.routes)} may still land, so none to ${describeRoutes(wanted)} may follow it`,
        ),
      };
    }
    for (const { live } of decisions) {
      const fault = planFault(wanted, live);
      if (fault) return { kind: 'refused', because: 'plan', ...this.account(`nothing was sent: ${fault}`) };
    }
    const resends = this.request.resend === true && this.attempts.length === 0;
    if (!resends && decisions.every(({ live }) => sameRoutes(live, wanted))) return this.soAlready(wanted, survey);
    const landed = trusted.some((row) => sameRoutes(row.routes, wanted) && !this.told.includes(row.endpoint));
    if (doubted && landed) return this.prove(wanted, undefined);
    return this.submit(wanted, survey);
  }

  private async look(): Promise<Survey> {
    const endpoints = this.roster.usable;
    const survey = await surveyRoutes({ ...this.world, endpoints }, this.request.accessPoint, this.request.limits, this.times.read, {
      settles: (row) => this.roster.prefers(row.endpoint),
      expects: this.expected(),
    });
    this.survey = survey;
    if (!this.isNew()) this.roster.discard(survey.failed.map((row) => row.failure));
    return survey;
  }

  /** After the first fault everything is open again: each endpoint is waited for. */
  private expected(): readonly string[] | undefined {
    const { expects = [] } = this.request;
    return this.attempts.length === 0 && this.waits === 0 ? expects.filter((endpoint) => !this.roster.avoids(endpoint)) : undefined;
  }

  private async nothingRead(survey: Survey): Promise<ChangeResult | undefined> {
    const failures = survey.failed.map((row) => row.failure);
    const named = failures.find((failure) => stops(failure.kind));
    if (named && !(named.kind === 'no such access point' && this.isNew())) return this.failed({ kind: 'named', failure: named });
    if (this.roster.exhausted) return this.failed({ kind: 'refused' });
    await this.wait(failures.some((failure) => failure.kind === 'slow down') ? this.times.slowDown : this.times.silence);
    return undefined;
  }

  private async disagreed(survey: Survey): Promise<ChangeResult | undefined> {
    if (++this.looks < MOST_LOOKS) {
      await this.wait(this.times.silence);
      return undefined;
    }
    if (this.pending.length > 0) return this.unknown(`the endpoints disagree: ${survey.sentence}`);
    return {
      kind: 'disagreement',
      ...this.account(
        `nothing was sent: the endpoints disagree about live routes, and what to do depends on who is right: ${survey.sentence}`,
      ),
    };
  }

  private async soAlready(wanted: Routes, survey: Survey): Promise<ChangeResult> {
    if (this.pending.length > 0) return this.prove(wanted, undefined);
    const shows = survey.good.filter((row) => sameRoutes(row.routes, wanted)).map((row) => row.endpoint);
    const elsewhere = shows.length > 1;
    return {
      kind: 'done',
      routes: wanted,
      submitted: false,
      proof: elsewhere ? 'read back elsewhere' : 'read back',
      secondEndpoint: elsewhere ? 'agrees' : shows.length < survey.good.length ? 'disagrees' : 'none lives',
      ...this.account(`nothing was sent: the routes are already as wanted, ${describeRoutes(wanted)}, as read at ${list(shows)}`),
    };
  }

  private async submit(wanted: Routes, survey: Survey): Promise<ChangeResult | undefined> {
    const endpoint = this.roster.choose(survey);
    if (this.attempts.length >= MOST_SUBMITS) return this.outOfTime();
    if (!endpoint) {
      if (this.roster.exhausted) return this.failed({ kind: 'refused' });
      await this.wait(this.times.silence);
      return undefined;
    }
    if (this.timeLeft() < this.times.leastMs) return this.outOfTime();

    if (this.attempts.length === 0) this.old = viewsOf(this.roster.trusted(survey)).map((view) => view.routes).filter((routes) => !sameRoutes(routes, wanted));
    if (this.attempts.length === 0 && !this.request.resend) this.told = survey.good.filter((row) => sameRoutes(row.routes, wanted)).map((row) => row.endpoint);
    const pass = await this.pass();
    // Nothing may be awaited between this look at the clock and the call: whoever is stopped in between sends what has lapsed.
    const at = this.world.clock.now();
    const shut = pass.kind === 'shut' ? pass.reason : at > pass.until ? 'too much time has passed since it was allowed' : undefined;
    if (shut !== undefined) return this.shut(shut);
    const answer = await callOnce(
      this.world.clock,
      endpoint.region,
      Math.min(this.times.submitMs, this.timeLeft()),
      (signal) => endpoint.submit(this.request.accessPoint, wanted, signal),
      this.request.limits.signal,
    );
    const outcome = answer.ok ? 'accepted' : answer.failure.kind;
    this.attempts.push({ endpoint: endpoint.region, at, milliseconds: this.world.clock.now() - at, outcome });
    this.world.log.info('submitted routes', {
      endpoint: endpoint.region,
      active: activeRegions(wanted),
      outcome,
      ...(answer.ok ? {} : { detail: answer.failure.detail }),
    });

    if (answer.ok) this.request.tell?.({ kind: 'accepted', endpoint: endpoint.region });
    if (answer.ok) return this.prove(wanted, endpoint.region);
    return this.submitFailed(answer.failure, wanted, at);
  }

  private async pass(): ReturnType<Gate> {
    try {
      return (await this.request.gate?.()) ?? { kind: 'open', until: Infinity };
    } catch (error) {
      return { kind: 'shut', reason: `whether it is allowed could not be told: ${error instanceof Error ? error.message : String(error)}` };
    }
  }

  /** After a lost word the outcome stays unknown, whatever may be sent next. */
  private shut(reason: string): ChangeResult {
    if (this.pending.length > 0) return this.unknown(`nothing more was sent: ${reason}`);
    return { kind: 'refused', because: 'gate', ...this.account(`nothing was sent: ${reason}`) };
  }

  private async submitFailed(failure: EndpointFailure, wanted: Routes, at: number): Promise<ChangeResult | undefined> {
    this.roster.countFault(failure.endpoint);
    if (leavesDoubt(failure.kind)) {
      this.pending.push({ endpoint: failure.endpoint, routes: wanted, at, failure });
      this.request.tell?.({ kind: 'in doubt', endpoint: failure.endpoint, failure });
    } else if (failure.kind === 'conflict') {
      await this.wait(this.times.conflict);
    } else if (failure.kind === 'slow down') {
      await this.wait(this.times.slowDown);
    } else if (this.isNew() && (failure.kind === 'forbidden' || failure.kind === 'no such access point')) {
      await this.wait(this.times.silence);
    } else if (stops(failure.kind)) {
      return this.failed({ kind: 'named', failure });
    } else {
      this.roster.discard([failure]);
    }
    return undefined;
  }

  private async prove(wanted: Routes, acceptedBy: string | undefined): Promise<ChangeResult> {
    const doubted = this.pending.map((one) => one.endpoint);
    const proven = await prove({ ...this.world, endpoints: this.roster.usable }, this.request, this.times, {
      wanted,
      before: this.before,
      acceptedBy,
      doubted,
      told: this.told,
    });
    this.survey = proven.survey ?? this.survey;
    this.live = proven.live ?? this.live;
    const by = acceptedBy ?? `one of ${list(doubted)}`;
    switch (proven.kind) {
      case 'shown': {
        const why =
          proven.proof === 'read back elsewhere'
            ? ''
            : proven.secondEndpoint === 'none lives'
              ? '; no second endpoint lives'
              : `; other endpoints do not show it: ${proven.survey?.sentence}`;
        return {
          kind: 'done',
          routes: wanted,
          submitted: true,
          proof: proven.proof,
          secondEndpoint: proven.secondEndpoint,
          ...this.account(`the routes are ${describeRoutes(wanted)}: accepted by ${by}, ${proven.proof}${why}`),
        };
      }
      case 'overtaken':
        return {
          kind: 'overtaken',
          routes: wanted,
          ...this.account(
            `the change to ${describeRoutes(wanted)} was accepted by ${by}, and then another was made; now ${describeRoutes(proven.live)}`,
          ),
        };
      case 'not shown':
        if (acceptedBy === undefined) return this.unknown(proven.survey?.sentence ?? 'no time was left to read again');
        return {
          kind: 'accepted',
          routes: wanted,
          proof: 'accepted',
          ...this.account(
            `the change to ${describeRoutes(wanted)} was accepted by ${by} and does not show on reading: ${proven.survey?.sentence ?? 'no time was left to read'}`,
          ),
        };
    }
  }

  private outOfTime(): ChangeResult {
    const why = this.request.limits.signal?.aborted
      ? 'it was given up'
      : this.timeLeft() < this.times.leastMs
        ? 'the time was up'
        : 'too many attempts were made';
    return this.failed({ kind: 'silent' }, why);
  }

  private unknown(why: string): ChangeResult {
    const wanted = this.pending[0].routes;
    const [before = this.before ?? wanted, ...others] = this.old;
    const asked = this.survey?.good.map((row) => row.endpoint) ?? [];
    const command = findOutCommand(
      this.request.accessPoint,
      this.world.endpoints,
      [...asked],
      this.pending.map((one) => one.endpoint),
    );
    return {
      kind: 'unknown',
      oneOf: [before, ...others, wanted],
      command,
      ...this.account(
        `unknown: the routes are one of ${others.length === 0 ? 'two' : 'these'} states, before (${[before, ...others].map(describeRoutes).join(', or ')}) or after (${describeRoutes(wanted)}): ` +
          `${listFailures(this.pending.map((one) => one.failure))}; ${why}; to find out, run: ${command}`,
        '',
      ),
    };
  }

  private failed(because: Failed['because'], why = ''): ChangeResult {
    if (this.pending.length > 0)
      return this.unknown(
        because.kind === 'named' ? explain(because.failure, this.request.accessPoint.arn) : why || 'every other endpoint refused',
      );
    const sentence = {
      named: () => explain((because as { failure: EndpointFailure }).failure, this.request.accessPoint.arn),
      refused: () =>
        `nothing was changed: every control endpoint refused: ${listFailures(this.roster.refusals)}${this.request.avoid?.length ? ` (avoided: ${list(this.request.avoid)})` : ''}`,
      silent: () => `nothing was changed, ${why}: ${this.silence()}`,
    }[because.kind]();
    return { kind: 'failed', because, ...this.account(sentence) };
  }

  private silence(): string {
    const tried = this.attempts.map((attempt) => `submit at ${attempt.endpoint}: ${attempt.outcome}`);
    const read = this.survey && this.survey.good.length === 0 ? [readFailed(this.survey.failed, this.request.accessPoint).sentence] : [];
    const usable = this.roster.usable.filter((endpoint) => !this.roster.avoids(endpoint.region)).map((endpoint) => endpoint.region);
    if (tried.length + read.length > 0) return [...tried, ...read].join('; ');
    return `no endpoint that may be submitted to answers (looked for: ${list(usable)})`;
  }

  private account(sentence: string, lastWord = this.lastWord()) {
    return {
      before: this.before,
      live: this.live,
      attempts: this.attempts,
      pending: this.pending,
      told: this.told,
      rows: this.survey?.rows ?? [],
      sentence: `${sentence}${lastWord}`,
    };
  }

  /** What a reader must know who acts next. */
  private lastWord(): string {
    if (this.pending.length === 0) return '';
    return `; a submit of ${describeRoutes(this.pending[0].routes)} at ${list(this.pending.map((one) => one.endpoint))} had no last word and may still land`;
  }

  private isNew(): boolean {
    return this.world.clock.now() - this.began < (this.request.newForMs ?? 0);
  }

  private timeLeft(): number {
    return timeLeft(this.world.clock, this.request.limits);
  }

  private async wait(backoff: Backoff): Promise<void> {
    const milliseconds = Math.min(backoffMs(backoff, this.waits++, this.world.random), this.timeLeft());
    await this.world.clock.sleep(milliseconds, this.request.limits.signal);
  }
}

function sameDecision(one: ReturnType<Decide>, other: ReturnType<Decide>): boolean {
  if (one.kind === 'want' && other.kind === 'want') return sameRoutes(one.routes, other.routes);
  return one.kind === other.kind;
}
