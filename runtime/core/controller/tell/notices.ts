import { reasonOf } from '../../calls/reason';
import type { WallClock } from '../../operate/ports';
import type { Clock, Instant, Log } from '../../ports';
import { figuresOf } from '../figures';
import type { Policy } from '../policy';
import type { Notices } from '../world';
import { eventOf, type ActEvent, type Place } from './event';
import { messageOfAct, messageOfHeld, type Message } from './message';
import { MovesSeen } from './moves-seen';
import { actSamples, heldSamples, moveSample, samplesOf, type Sample } from './samples';

/** Where it goes. Each may reject. */
export interface NoticePorts {
  readonly clock: Clock;
  readonly wall: WallClock;
  readonly log: Log;
  readonly metrics: { publish(samples: readonly Sample[]): void };
  readonly events: { put(event: ActEvent, signal: AbortSignal): Promise<void> };
  /** Absent where people are told by others. */
  readonly topic?: { publish(message: Message, signal: AbortSignal): Promise<void> };
}

/** So that no minute passes without a value, whenever it begins. */
const EVERY_MS = 30_000;

/** What one voter tells: figures in its own Region, its own acts, and for all voters what needs a person. */
export function voterNotices(ports: NoticePorts, policy: Policy, place: Place): Notices {
  const { clock, wall, log, metrics, events, topic } = ports;
  let publishedAt: Instant | undefined;
  let published = '';
  const moves = new MovesSeen();

  const publish = (samples: readonly Sample[]) => {
    // Lag changes all the time, and is looked at once a minute.
    const text = JSON.stringify(samples.filter(({ unit }) => unit === 'Count'));
    const now = clock.now();
    if (text === published && publishedAt !== undefined && now - publishedAt < EVERY_MS) return;
    metrics.publish(samples);
    published = text;
    publishedAt = now;
  };

  return {
    async decided(decision, view) {
      const figures = view && figuresOf(view, policy, wall.now());
      const held = heldSamples(decision, figures);
      if (held.length > 0) metrics.publish(held);
      if (!view || !figures) return;
      publish(samplesOf(view, figures, policy));
      if (moves.take(view)) metrics.publish([moveSample()]);
    },

    waiting: (view) => void moves.take(view),

    reported: async () => undefined,

    /** A message must not wait for an event bus that does not answer, nor the other way round. */
    async acted(act, view, signal) {
      const counted = actSamples(act);
      if (counted.length > 0) metrics.publish(counted);
      const event = eventOf(act, view, place);
      const message = messageOfAct(act, view, place);
      const sent = await Promise.allSettled([event && events.put(event, signal), message && topic?.publish(message, signal)]);
      const lost = sent.flatMap((one) => (one.status === 'rejected' ? [reasonOf(one.reason)] : []));
      if (lost.length > 0) log.error('not everybody was told of an act', { act: act.id, lost });
    },

    async held(change, _view, signal) {
      await topic?.publish(messageOfHeld(change, place), signal);
    },
  };
}

/** A Region's own observer tells nobody but its log: the voters speak of it. */
export const SELF_NOTICES: Notices = { decided: async () => undefined, reported: async () => undefined, acted: async () => undefined, held: async () => undefined };
