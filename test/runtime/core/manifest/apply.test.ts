import { createManifest, deleteManifest, updateManifest, type ManifestDeps } from '../../../../runtime/core/manifest/apply';
import { MemoryLog } from '../../support/log';
import { buckets, LIVE_ARN, manifest, manifestWanted, NAME, NEW_ARN, REGIONS } from '../../support/manifest';
import { BUSY, DEAD, DENIED, FAILING, ParameterWorld, SILENT } from '../../support/parameter-world';
import { seeded } from '../../support/random';
import { VirtualClock } from '../../support/virtual-clock';

const NOW = 1_795_000_000;

function world(options: { rollingBack?: () => Promise<boolean>; seconds?: number } = {}) {
  const clock = new VirtualClock();
  const ssm = new ParameterWorld();
  const log = new MemoryLog();
  const deps: ManifestDeps = {
    clock,
    log,
    random: seeded(11),
    deadline: 800_000,
    stores: ssm.stores,
    secondsNow: () => options.seconds ?? NOW,
    rollingBack: options.rollingBack ?? (async () => false),
  };
  return { clock, ssm, log, deps, run: <T>(work: () => Promise<T>) => clock.run(work) };
}

type World = ReturnType<typeof world>;

/** All three Regions hold a manifest, as a first deployment leaves it. */
async function deployed(options: Parameters<typeof world>[0] = {}): Promise<World> {
  const made = world(options);
  await made.run(() => createManifest(manifestWanted(), made.deps));
  return made;
}

const revisions = ({ ssm }: World) => Object.values(ssm.manifests(NAME)).map(({ revision }) => revision);
const arns = ({ ssm }: World) => Object.fromEntries(Object.entries(ssm.manifests(NAME)).map(([region, { accessPoint }]) => [region, accessPoint.arn]));

describe('the first copies', () => {
  test('are in every Region, with the plain parameters beside them, the manifest last', async () => {
    const { ssm } = await deployed();

    for (const region of REGIONS) {
      expect(Object.fromEntries(ssm.of(region))).toEqual({
        [`${NAME}/arn`]: LIVE_ARN,
        [`${NAME}/alias`]: 'mfzwi23gnjvgw.mrap',
        [NAME]: JSON.stringify(manifest({ revision: NOW })),
      });
      expect(ssm.calls.filter((one) => one.region === region && one.call === 'put').pop()?.name).toBe(NAME);
    }
  });

  test.each([
    ['refuses connections', DEAD],
    ['never answers', SILENT],
    ['fails', FAILING],
  ])('fails when one Region %s, and writes nothing anywhere', async (_, fault) => {
    const made = world();
    made.ssm.faults.set('us-west-2', fault);

    await expect(made.run(() => createManifest(manifestWanted(), made.deps))).rejects.toThrow(
      /manifest '\/s3-failover\/media' must be in every one of 'Regions' \(eu-west-1, us-east-1, us-west-2\): us-west-2 failed \(.*; deploy again when the Region answers/,
    );

    expect(made.ssm.calls.some(({ call }) => call === 'put')).toBe(false);
    expect(made.clock.now()).toBeLessThanOrEqual(12_000);
  });

  test('fails when one Region dies between reading and writing, and leaves no copy in the others', async () => {
    const made = world();
    made.ssm.faults.set('us-west-2 put', DEAD);

    await expect(made.run(() => createManifest(manifestWanted(), made.deps))).rejects.toThrow(/us-west-2 failed/);

    expect(REGIONS.map((region) => made.ssm.of(region).size)).toEqual([0, 0, 0]);
  });

  test('wait for permissions that have not spread yet, and for another writer', async () => {
    const made = world();
    made.ssm.faults.set('us-west-2 get', (region, attempt) => (attempt < 4 ? DENIED(region) : undefined));
    made.ssm.faults.set('eu-west-1 put', (region, attempt) => (attempt < 3 ? BUSY(region) : undefined));

    await made.run(() => createManifest(manifestWanted(), made.deps));

    expect(revisions(made)).toHaveLength(3);
  });

  test('fails when a Region does not allow it, within a bounded time', async () => {
    const made = world();
    made.ssm.faults.set('us-west-2 get', DENIED);

    await expect(made.run(() => createManifest(manifestWanted(), made.deps))).rejects.toThrow(/us-west-2 failed \(.*AccessDeniedException.*the handler may write there/);

    expect(made.clock.now()).toBeLessThanOrEqual(60_000);
  });
});

describe('revisions', () => {
  test('grow with each write, also within a second', async () => {
    const made = await deployed();

    for (const expected of [NOW + 1, NOW + 2]) {
      await made.run(() => updateManifest(manifestWanted(), REGIONS, made.deps));
      expect(revisions(made)).toEqual([expected, expected, expected]);
    }
  });

  test('grow when the clock goes back', async () => {
    const made = await deployed();

    await made.run(() => updateManifest(manifestWanted(), REGIONS, { ...made.deps, secondsNow: () => NOW - 1000 }));

    expect(revisions(made)).toEqual([NOW + 1, NOW + 1, NOW + 1]);
  });

  test('grow past a copy that nobody understands', async () => {
    const made = await deployed();
    made.ssm.of('us-east-1').set(NAME, JSON.stringify({ version: 9, revision: NOW + 500 }));

    await made.run(() => updateManifest(manifestWanted(), REGIONS, made.deps));

    expect(revisions(made)).toEqual([NOW + 501, NOW + 501, NOW + 501]);
  });

  test('of two contents differ when the newest copies could not be read', async () => {
    const made = await deployed();
    made.ssm.faults.set('us-west-2', DEAD);
    await made.run(() => updateManifest(manifestWanted({ RoutingRegions: ['eu-west-1'] }), REGIONS, { ...made.deps, secondsNow: () => NOW + 60 }));
    made.ssm.faults.clear();
    for (const region of ['eu-west-1', 'us-east-1']) made.ssm.faults.set(region, DEAD);

    await made.run(() => updateManifest(manifestWanted({ RoutingRegions: ['us-west-2'] }), REGIONS, { ...made.deps, secondsNow: () => NOW + 120 }));

    expect(Object.entries(made.ssm.manifests(NAME)).map(([region, copy]) => [region, copy.revision])).toEqual([
      ['eu-west-1', NOW + 60],
      ['us-east-1', NOW + 60],
      ['us-west-2', NOW + 120],
    ]);
  });
});

describe('an update', () => {
  test('reports a Region that does not answer, and writes the others', async () => {
    const made = await deployed();
    made.ssm.faults.set('us-west-2', DEAD);

    const written = await made.run(() => updateManifest(manifestWanted({ RoutingRegions: ['eu-west-1'] }), REGIONS, made.deps));

    expect(written).toEqual({ revision: NOW + 1, notReached: ['us-west-2'] });
    expect(revisions(made)).toEqual([NOW + 1, NOW + 1, NOW]);
    expect(made.log.lines).toEqual([
      { level: 'warn', message: 'the manifest in us-west-2 is out of date; deploy again when the Region answers', fields: expect.objectContaining({ region: 'us-west-2' }) },
    ]);
  });

  test('is repaired by the next one', async () => {
    const made = await deployed();
    made.ssm.faults.set('us-west-2', DEAD);
    await made.run(() => updateManifest(manifestWanted(), REGIONS, made.deps));
    made.ssm.faults.clear();

    await made.run(() => updateManifest(manifestWanted(), REGIONS, made.deps));

    expect(revisions(made)).toEqual([NOW + 2, NOW + 2, NOW + 2]);
  });

  test('is content with one Region while the access point stays', async () => {
    const made = await deployed();
    for (const region of ['eu-west-1', 'us-east-1']) made.ssm.faults.set(region, SILENT);

    const written = await made.run(() => updateManifest(manifestWanted(), REGIONS, made.deps));

    expect(written.notReached).toEqual(['eu-west-1', 'us-east-1']);
    expect(made.clock.now()).toBeLessThanOrEqual(24_000);
  });

  test('fails when no Region takes it', async () => {
    const made = await deployed();
    for (const region of REGIONS) made.ssm.faults.set(`${region} put`, DEAD);

    await expect(made.run(() => updateManifest(manifestWanted(), REGIONS, made.deps))).rejects.toThrow(/eu-west-1 failed.*us-east-1 failed.*us-west-2 failed/);
  });

  test('fails when a Region that answers does not allow it', async () => {
    const made = await deployed();
    made.ssm.faults.set('us-west-2 put', DENIED);

    await expect(made.run(() => updateManifest(manifestWanted(), REGIONS, made.deps))).rejects.toThrow(/us-west-2 failed \(.*AccessDeniedException/);
  });

  test('fails when another access point comes in and a Region would keep the old one, before anything is written', async () => {
    const made = await deployed();
    made.ssm.faults.set('us-west-2', DEAD);

    await expect(made.run(() => updateManifest(manifestWanted({ AccessPointArn: NEW_ARN }), REGIONS, made.deps))).rejects.toThrow(/us-west-2 failed/);

    expect(Object.values(arns(made))).toEqual([LIVE_ARN, LIVE_ARN, LIVE_ARN]);
  });

  test('brings in another access point when every Region takes it', async () => {
    const made = await deployed();

    await made.run(() => updateManifest(manifestWanted({ AccessPointArn: NEW_ARN }), REGIONS, made.deps));

    expect(Object.values(arns(made))).toEqual([NEW_ARN, NEW_ARN, NEW_ARN]);
  });

  test('that rolls back to the old access point goes on without a dead Region', async () => {
    const made = await deployed({ rollingBack: async () => true });
    made.ssm.faults.set('us-west-2 put', DEAD);
    await made.run(() => updateManifest(manifestWanted({ AccessPointArn: NEW_ARN }), REGIONS, made.deps));

    const written = await made.run(() => updateManifest(manifestWanted(), REGIONS, made.deps));

    expect(written.notReached).toEqual(['us-west-2']);
    expect(arns(made)).toEqual({ 'eu-west-1': LIVE_ARN, 'us-east-1': LIVE_ARN, 'us-west-2': LIVE_ARN });
    expect(revisions(made)).toEqual([NOW + 2, NOW + 2, NOW]);
  });

  test('asks for the status of the stack only when the answer decides', async () => {
    const rollingBack = jest.fn(async () => false);
    const made = await deployed({ rollingBack });
    made.ssm.faults.set('us-west-2', DEAD);

    await made.run(() => updateManifest(manifestWanted(), REGIONS, made.deps));

    expect(rollingBack).not.toHaveBeenCalled();
  });

  test('removes the copies of Regions that left, and gives new ones theirs', async () => {
    const made = await deployed();
    const regions = ['sa-east-1', 'us-east-1', 'us-west-2'];

    await made.run(() =>
      updateManifest(manifestWanted({ Regions: regions, AccessPointBuckets: buckets(regions), Buckets: buckets(regions) }), REGIONS, made.deps),
    );

    expect(Object.keys(made.ssm.manifests(NAME)).sort()).toEqual(regions);
    expect(made.ssm.of('eu-west-1').size).toBe(0);
  });

  test('reports a copy that it could not remove', async () => {
    const made = await deployed();
    made.ssm.faults.set('eu-west-1', DEAD);

    const written = await made.run(() => updateManifest(manifestWanted({ Regions: ['us-east-1', 'us-west-2'] }), REGIONS, made.deps));

    expect(written.notReached).toEqual(['eu-west-1']);
    expect(made.log.lines[0].message).toMatch(/manifest in eu-west-1 is still there although the Region is wanted no more; delete it/);
  });
});

describe('a delete', () => {
  test('removes all three parameters in every Region', async () => {
    const made = await deployed();

    await expect(made.run(() => deleteManifest(manifestWanted(), made.deps))).resolves.toEqual([]);

    expect(REGIONS.map((region) => made.ssm.of(region).size)).toEqual([0, 0, 0]);
  });

  test('of what is gone succeeds', async () => {
    const made = world();

    await expect(made.run(() => deleteManifest(manifestWanted(), made.deps))).resolves.toEqual([]);
  });

  test('reports a Region that does not answer, and goes on', async () => {
    const made = await deployed();
    made.ssm.faults.set('us-west-2', SILENT);

    await expect(made.run(() => deleteManifest(manifestWanted(), made.deps))).resolves.toEqual(['us-west-2']);

    expect(Object.keys(made.ssm.manifests(NAME))).toEqual(['us-west-2']);
    expect(made.log.lines[0].message).toMatch(/manifest in us-west-2 could not be removed; delete it when the Region answers/);
  });

  test('fails when a Region does not allow it', async () => {
    const made = await deployed();
    made.ssm.faults.set('us-west-2 remove', DENIED);

    await expect(made.run(() => deleteManifest(manifestWanted(), made.deps))).rejects.toThrow(/could not be removed: us-west-2 failed .*allow it and delete again/);
  });

  test('leaves the copies to whoever has taken the name over', async () => {
    const made = await deployed();
    await made.run(() => createManifest(manifestWanted({ AccessPointArn: NEW_ARN }), made.deps));

    await expect(made.run(() => deleteManifest(manifestWanted(), made.deps))).resolves.toEqual([]);

    expect(Object.values(arns(made))).toEqual([NEW_ARN, NEW_ARN, NEW_ARN]);
  });

  test('takes an older copy of another access point along', async () => {
    const made = await deployed();
    made.ssm.of('us-west-2').set(NAME, JSON.stringify(manifest({ revision: 3 }, NEW_ARN)));

    await made.run(() => deleteManifest(manifestWanted(), made.deps));

    expect(made.ssm.of('us-west-2').size).toBe(0);
  });
});
