import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** docs/guarantees.md promises nothing without a test that there is. */

const ROOT = join(__dirname, '..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const rows = [...read('docs/guarantees.md').matchAll(/^\| ([^|]+) \| ([^|]+) \| (`[^|]+) \|$/gm)].map(
  ([, promise = '', , proof = '']) => ({ promise, proof }),
);

describe('what we promise', () => {
  it('is more than a few things', () => {
    expect(rows.length).toBeGreaterThan(20);
  });

  it.each(rows)('is proved: $promise', ({ proof }) => {
    const tests = [...proof.matchAll(/`([^`]+\.test\.ts)` "([^"]+)"/g)].map(([, file = '', title = '']) => ({
      file,
      title,
    }));
    expect(tests.length).toBe(proof.split('`').length >> 1);
    for (const { file, title } of tests) {
      expect([file, existsSync(join(ROOT, file))]).toEqual([file, true]);
      expect([title, read(file).includes(title)]).toEqual([title, true]);
    }
  });
});
