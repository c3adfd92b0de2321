import { withLightAborts } from './abort';

/** What core code does with a signal, told as a list, so that both kinds can be compared. */
function story(): string[] {
  const seen: string[] = [];
  const controller = new AbortController();
  const other = new AbortController();
  const gone = () => seen.push('removed');
  controller.signal.addEventListener('abort', () => seen.push('first'), { once: true });
  controller.signal.addEventListener('abort', gone);
  controller.signal.removeEventListener('abort', gone);
  controller.signal.addEventListener('abort', () => seen.push('of a signal that ended'), { once: true, signal: other.signal });
  controller.signal.addEventListener('abort', () => seen.push('second'));
  seen.push(String(controller.signal.aborted));
  other.abort();
  controller.abort();
  controller.abort();
  controller.signal.addEventListener('abort', () => seen.push('too late'));
  seen.push(String(controller.signal.aborted));
  try {
    controller.signal.throwIfAborted();
  } catch (error) {
    seen.push((error as Error).name);
  }
  return seen;
}

test("the light signal does what Node's does", () => {
  const usual = AbortController;
  const heavy = story();
  expect(withLightAborts(story)).toEqual(heavy);
  expect(heavy).toEqual(['false', 'first', 'second', 'true', 'AbortError']);
  expect(AbortController).toBe(usual);
});
