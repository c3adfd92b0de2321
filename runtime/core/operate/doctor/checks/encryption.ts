import type { ReplicationRule } from '../../../replication/model';
import { directions, eachRegion, type Check } from '../check';
import type { Facts } from '../facts';
import { good, type Said } from '../finding';
import type { BucketEncryption } from '../ports';
import { notChecked } from '../seen';
import { compared } from './compared';
import { rulesTo } from './replication-rules';

/**
 * Objects that are encrypted with KMS are replicated only where a rule says so and names a key of the destination's Region (user
 * guide, "Replicating encrypted objects"). Whether a key is enabled cannot be seen here.
 */
export const encryption: Check = {
  name: 'encryption',
  about: 'default encryption, and what rules say of KMS keys',
  async run(facts) {
    const seen = new Map<string, BucketEncryption>();
    const unread = await eachRegion(facts.regions, async (region): Promise<Said[]> => {
      const answer = await facts.encryption(region);
      if (answer.kind !== 'seen') return [notChecked('default encryption', region, answer)];
      seen.set(region, answer.value);
      return [];
    });
    const rules = await Promise.all(directions(facts.regions).map(({ source, destination }) => oneDirection(facts, seen.get(source), source, destination)));
    const found = [...unread, ...differing(seen), ...keys(seen), ...rules.flat()];
    if (found.length > 0 || seen.size === 0) return found;
    return [good('default encryption is the same everywhere, and needs no keys', { evidence: [...seen.values()][0].algorithm })];
  },
};

function differing(seen: ReadonlyMap<string, BucketEncryption>): Said[] {
  const groups = compared(seen, ({ algorithm }) => algorithm);
  if (groups.length < 2) return [];
  return [
    {
      severity: 'warns',
      code: 'encryption-differs',
      sentence: 'the Regions encrypt new objects differently: after a failover, clients may need keys that they have no permission for',
      evidence: groups.map(({ regions, value }) => `${regions.join(', ')}: ${value.algorithm}`).join('; '),
      fix: 'give every bucket the same default encryption, each with a key of its own Region',
    },
  ];
}

function usesKms({ algorithm }: BucketEncryption): boolean {
  return algorithm.startsWith('aws:kms');
}

function keys(seen: ReadonlyMap<string, BucketEncryption>): Said[] {
  return [...seen].flatMap(([region, settings]): Said[] => {
    if (!usesKms(settings)) return [];
    const elsewhere = settings.keyId === undefined ? undefined : regionOfKey(settings.keyId);
    if (elsewhere !== undefined && elsewhere !== region) {
      return [{ severity: 'fails', code: 'key-of-another-region', where: region, sentence: `the bucket in ${region} encrypts with a key of ${elsewhere}, which S3 refuses: no write there will succeed`, evidence: settings.keyId, fix: `give it a key of ${region}` }];
    }
    return [
      {
        severity: 'not checked',
        code: 'key-state-unknown',
        where: region,
        sentence: `whether the key that ${region} encrypts with is enabled was not checked: it cannot be seen from the bucket`,
        evidence: settings.keyId ?? "the account's own S3 key",
        commands: settings.keyId === undefined ? [] : [`aws kms describe-key --region ${region} --key-id ${settings.keyId}`],
      },
    ];
  });
}

async function oneDirection(facts: Facts, settings: BucketEncryption | undefined, source: string, destination: string): Promise<Said[]> {
  const replication = await facts.replication(source);
  if (replication.kind !== 'seen') return [];
  const rules = rulesTo(replication.value, facts.bucket(destination)).filter(({ Status }) => Status === 'Enabled');
  if (rules.length === 0) return [];
  const where = `${source} to ${destination}`;
  const optedIn = rules.filter((rule) => rule.SourceSelectionCriteria?.SseKmsEncryptedObjects?.Status === 'Enabled');
  if (settings && usesKms(settings) && optedIn.length === 0) {
    return [
      {
        severity: 'fails',
        code: 'kms-not-replicated',
        where,
        sentence: `${source} encrypts with KMS, and its rule to ${destination} leaves such objects out: they are missing in ${destination}`,
        evidence: `${settings.algorithm} in ${source}; rule '${rules[0].ID}' without SseKmsEncryptedObjects`,
        fix: 'let the rule replicate such objects, with a key of the destination; copy what is there by S3 Batch Replication',
      },
    ];
  }
  return optedIn.flatMap((rule) => replicaKey(rule, where, destination));
}

function replicaKey(rule: ReplicationRule, where: string, destination: string): Said[] {
  const key = (rule.Destination as { readonly EncryptionConfiguration?: { readonly ReplicaKmsKeyID?: string } } | undefined)?.EncryptionConfiguration?.ReplicaKmsKeyID;
  const about = { severity: 'fails' as const, where, evidence: `rule '${rule.ID}'${key === undefined ? '' : ` names ${key}`}` };
  if (key === undefined) return [{ ...about, code: 'replica-key-missing', sentence: `the rule names no key for replicas in ${destination}: objects encrypted with KMS fail to replicate`, fix: `name a key of ${destination}` }];
  const region = regionOfKey(key);
  if (region !== undefined && region !== destination) {
    return [{ ...about, code: 'replica-key-elsewhere', sentence: `the rule's key for replicas is one of ${region}, not of ${destination}: objects encrypted with KMS fail to replicate`, fix: `name a key of ${destination}` }];
  }
  return [];
}

/** An alias or a bare id names no Region. */
function regionOfKey(key: string): string | undefined {
  const parts = key.split(':');
  return parts[0] === 'arn' && parts[2] === 'kms' ? parts[3] : undefined;
}
