import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** docs/fault-matrix.md has every cell, and names no test that there isn't. */

const FAULTS = 26;
const POINTS = Array.from({ length: 13 }, (_, n) => n);
const ROOT = join(__dirname, '..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const page = read('docs/fault-matrix.md');

interface Named {
  readonly name: string;
  readonly file: string;
  readonly title: string;
}

const tests: Named[] = [...page.matchAll(/^\| `([a-z0-9-]+)` \| (\S+\.test\.ts) \| (.+) \|$/gm)].map(
  ([, name = '', file = '', title = '']) => ({ name, file, title }),
);

interface Cell {
  readonly fault: number;
  readonly points: readonly number[];
  readonly then: string;
  readonly proof: string;
}

/** "P0, P6" and "P1–P5" as numbers. */
function pointsOf(text: string): number[] {
  return text.split(', ').flatMap((part) => {
    const [, from, to = from] = /^P(\d+)(?:–P(\d+))?$/.exec(part) ?? [];
    if (from === undefined) throw new Error(`"${part}" names no points`);
    return POINTS.filter((point) => point >= Number(from) && point <= Number(to));
  });
}

function cellsOf(section: string): Cell[] {
  const fault = Number(/^F(\d+) · /.exec(section)?.[1]);
  return [...section.matchAll(/^\| (P\d[^|]*) \| ([^|]+) \| ([^|]+) \|$/gm)].map(
    ([, points = '', then = '', proof = '']) => ({ fault, points: pointsOf(points), then, proof }),
  );
}

const cells = page.split(/^### /m).slice(1).flatMap(cellsOf);

describe('the fault matrix', () => {
  it('has every cell once', () => {
    const listed = cells.flatMap(({ fault, points }) => points.map((point) => `F${fault} P${point}`));
    const all = Array.from({ length: FAULTS }, (_, n) => POINTS.map((point) => `F${n + 1} P${point}`)).flat();
    expect(listed.sort()).toEqual(all.sort());
  });

  it('names a test for each cell, or says why there is none', () => {
    const names = new Set(tests.map(({ name }) => name));
    for (const { fault, then, proof } of cells) {
      const named = [...proof.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
      const where = `F${fault}: ${then}`;
      expect([where, named.filter((name) => !names.has(name))]).toEqual([where, []]);
      expect([where, named.length > 0 || (proof === 'why not' && then.startsWith('none: '))]).toEqual([where, true]);
    }
  });

  it.each(tests)('$name is a test, and proves a cell', ({ name, file, title }) => {
    expect(existsSync(join(ROOT, file))).toBe(true);
    expect(read(file)).toContain(title);
    expect(page.split(`\`${name}\``).length).toBeGreaterThan(2);
  });

  it('lists each test once', () => {
    expect(new Set(tests.map(({ name }) => name)).size).toBe(tests.length);
    expect(tests.length).toBeGreaterThan(50);
  });
});
