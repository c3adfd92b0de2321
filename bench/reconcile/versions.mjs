// A bucket of any size that nobody has to store: every version is computed from its place. Every fourth key was written three times.
const PER_FOUR_KEYS = 6;
const NEWEST = Date.UTC(2026, 10, 24, 3, 0, 0);

/** Of one noncurrent version in so many keys the second bucket has let go, as a lifecycle rule does: a difference that is looked at again. */
export const GONE_EVERY = 20_000;

export function bucketOf(versions, { lacking = false } = {}) {
  const keys = Math.ceil((versions / PER_FOUR_KEYS) * 4);
  return {
    keys,
    /** Calls `take` for each version from a place on, newest first within a key, until it answers false. Gives the place to go on. */
    walk(place, take) {
      let [key, number] = place;
      for (; key < keys; key++, number = 0) {
        const count = key % 4 === 0 ? 3 : 1;
        for (; number < count; number++) {
          if (lacking && key % GONE_EVERY === 0 && number === count - 1) continue;
          if (!take(key, number)) return [key, number];
        }
      }
      return undefined;
    },
  };
}

export const keyAt = (key) => `2026/11/24/camera-07/${String(key).padStart(10, '0')}.jpg`;
export const placeOf = (text) => Number(/(\d+)\.jpg$/.exec(text)[1]);
export const versionIdAt = (key, number) => `v${number}${String(key).padStart(30, '0')}`;
export const numberOf = (versionId) => Number(versionId[1]);
export const modifiedAt = (key, number) => NEWEST - (key % 86_400) * 1_000 - number * 60_000;
