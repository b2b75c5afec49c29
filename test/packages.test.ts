import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils';

interface Lockfile {
  readonly packages: Readonly<Record<string, { readonly version?: string }>>;
}

describe('the packages', () => {
  it('hold one version of the Temporal SDK', () => {
    // Proof: npm writes this file.
    const lock = JSON.parse(readFileSync(join(__dirname, '..', 'package-lock.json'), 'utf8')) as Lockfile;
    const versions = Object.entries(lock.packages)
      .filter(([path]) => /node_modules\/@temporalio\/[^/]+$/.test(path))
      .map(([, { version }]) => version);
    expect(versions.length).toBeGreaterThan(5);
    expect([...new Set(versions)]).toHaveLength(1);
  });

  it('share one protobufjs, without which no history in JSON can be replayed', () => {
    expect(historyFromJSON({ events: [] })).toMatchObject({ events: [] });
  });
});
