import type { World } from '../world/world';
import { FOR_GOOD, type Episode } from './episode';

/** Begins what is wrong, and hands back what ends it. */
export function begin(world: World, episode: Episode): () => void {
  switch (episode.kind) {
    case 'region dead': {
      const revive = world.region(episode.region).die();
      world.killAll(episode.region);
      world.nothingPasses(episode.region, undefined, episode.forMs);
      return revive;
    }
    case 'storage': {
      const region = world.region(episode.region);
      const end = region.makeStorage(episode.state);
      if (!region.serves) world.nothingPasses(episode.region, undefined, episode.forMs);
      return end;
    }
    case 'endpoint':
      return world.region(episode.region).makeControl(episode.state);
    case 'table replica lost':
      return world.region(episode.region).loseTable();
    case 'no runs start':
      return world.region(episode.region).loseCompute();
    case 'cut':
      return cut(world, [[episode.from, episode.to], ...(episode.bothWays ? [[episode.to, episode.from] as const] : [])], episode.forMs);
    case 'partition': {
      const outside = world.network.places.filter((place) => !episode.side.includes(place));
      return cut(world, episode.side.flatMap((one) => outside.flatMap((other) => [[one, other] as const, [other, one] as const])), episode.forMs);
    }
    case 'lie':
      world.lies.set(episode.observer, episode.lie);
      return () => void world.lies.delete(episode.observer);
    case 'blind':
      world.blind.set(episode.observer, episode.reason);
      return () => void world.blind.delete(episode.observer);
    case 'noise':
      world.noises.set(episode.of, episode.probability);
      return () => void world.noises.delete(episode.of);
    case 'other version':
      world.otherVersion.add(episode.observer);
      return () => void world.otherVersion.delete(episode.observer);
    case 'nobody writes':
      world.idle++;
      return () => void world.idle--;
    case 'alarm':
      return world.alarms.set(episode, episode.state);
    case 'all frozen':
      world.freezeAll(episode.region, episode.forMs);
      return () => undefined;
    case 'card':
      world.card(episode.target, episode.endpoint);
      return () => undefined;
    case 'policy written':
      world.writePolicy(episode.region);
      return () => undefined;
    case 'credentials expired':
      world.expired.add('person');
      return () => void world.expired.delete('person');
    case 'person':
      world.person(episode.verb, episode.region, episode.interruptedAfterMs);
      return () => undefined;
  }
}

function cut(world: World, ways: readonly (readonly [string, string])[], forMs: number): () => void {
  for (const [from, to] of ways) {
    world.network.cut(from, to);
    world.nothingPasses(from, to, forMs);
  }
  return () => ways.forEach(([from, to]) => world.network.mend(from, to));
}

/** Every episode at its time; one that is for good never ends. */
export function inject(world: World, episodes: readonly Episode[]): void {
  for (const episode of episodes) {
    world.time.at(episode.at, () => {
      world.faultBegan(episode);
      const end = begin(world, episode);
      if (episode.forMs < FOR_GOOD) world.time.after(episode.forMs, end);
    });
  }
}
