import { Cleanup } from '../../../../local/rehearsal/engine/cleanup';

test('undoes the last thing first, also after one that failed, and names that one', async () => {
  const trail: string[] = [];
  const cleanup = new Cleanup();
  cleanup.add('closing the log', async () => void trail.push('log'));
  cleanup.add('stopping the local AWS', () => Promise.reject(new Error('no such process')));
  cleanup.add('stopping the requests', async () => void trail.push('requests'));

  expect(await cleanup.run()).toEqual(['stopping the local AWS: no such process']);
  expect(trail).toEqual(['requests', 'log']);
});

test('undoes nothing twice', async () => {
  let times = 0;
  const cleanup = new Cleanup();
  cleanup.add('once', async () => void (times += 1));
  await cleanup.run();
  await cleanup.run();

  expect(times).toBe(1);
});
