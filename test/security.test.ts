import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** docs/security.md names a test for every threat, and what no single test can show is shown here of the whole source. */

const ROOT = join(__dirname, '..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

/** Threats between several companies in one installation, which there are not. */
const NOT_OURS = ['T3', 'T15'];
const THREATS = Array.from({ length: 33 }, (_, n) => `T${n + 1}`).filter((id) => !NOT_OURS.includes(id));

const rows = [...read('docs/security.md').matchAll(/^\| (T\d+) \|.*\| ([^|]*) \|$/gm)].map(
  ([, id = '', proofs = '']) => ({
    id,
    proofs: [...proofs.matchAll(/`([^`]+)` "([^"]+)"/g)].map(([, path = '', name = '']) => ({ path, name })),
  }),
);

describe('docs/security.md', () => {
  it('has every threat once', () => {
    expect(rows.map(({ id }) => id)).toEqual(THREATS);
  });

  it.each(rows)('names a test for $id that is there', ({ proofs }) => {
    expect(proofs.length).toBeGreaterThan(0);
    for (const { path, name } of proofs) expect([path, read(path).includes(name)]).toEqual([path, true]);
  });
});

const PRODUCT = ['domain', 'db', 'workflows', 'activities', 'engine', 'operations', 'workers', 'api'];
const sources = PRODUCT.flatMap(filesIn).filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'));

function filesIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesIn(path) : [relative('.', path).split(sep).join('/')];
  });
}

/** Files with code, comments left out, that the pattern is found in. */
function filesWith(pattern: RegExp, within: RegExp = /./): string[] {
  const code = (path: string) => read(path).replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
  return sources.filter((path) => within.test(path) && pattern.test(code(path)));
}

describe('the product', () => {
  it('is seen whole by this test', () => {
    expect(sources.length).toBeGreaterThan(200);
    expect(filesWith(/./)).toEqual(sources);
  });

  it('T11: carries out nothing that somebody wrote', () => {
    expect(filesWith(/\beval\(|new Function\b|node:vm\b|node:child_process\b|\bimport\([^')]/)).toEqual([]);
  });

  it('T7: writes no TwiML by hand', () => {
    expect(filesWith(/['"`]<\/?(Response|Say|Dial|Gather|Play|Record)\b/)).toEqual([]);
  });

  it('T18: takes no pattern from anybody', () => {
    // Each is put together from words that stand in the same file.
    const OURS = [
      'api/webhooks/spoken-request.ts',
      'domain/callback-time.ts',
      'domain/reply-address.ts',
      'domain/reply-classifier.ts',
      'domain/revocation.ts',
    ];
    expect(filesWith(/new RegExp\(/).sort()).toEqual(OURS);
  });

  it('T22: puts no text into SQL', () => {
    // The statements of the gauges are put together from words of their own file.
    expect(filesWith(/\.unsafe\b/).sort()).toEqual(['db/client.ts', 'db/gauges.ts', 'db/migrate.ts']);
  });

  it("T32: reads no clock but the database's where it decides", () => {
    expect(filesWith(/\bDate\.now\(|new Date\(\s*\)/, /^(domain|db)\//)).toEqual([]);
  });

  it('takes secrets from the environment alone', () => {
    expect(filesWith(/process\.env\b/).filter((path) => !/(^|[/-])main\.ts$/.test(path))).toEqual([]);
  });

  it('T30: installs only what is pinned', () => {
    // Proof: npm writes both files.
    const lock = JSON.parse(read('package-lock.json')) as {
      packages: Record<string, { integrity?: string; link?: boolean; hasInstallScript?: boolean }>;
    };
    const own = JSON.parse(read('package.json')) as {
      allowScripts: Record<string, boolean>;
      dependencies: Record<string, string>;
      devDependencies: Record<string, string>;
    };
    const installed = Object.entries(lock.packages).filter(([path]) => path !== '');
    expect(installed.length).toBeGreaterThan(300);
    expect(installed.filter(([, { integrity }]) => !integrity?.startsWith('sha512-')).map(([path]) => path)).toEqual(
      [],
    );
    const scripted = installed
      .filter(([, { hasInstallScript }]) => hasInstallScript === true)
      .map(([path]) => path.replace(/^.*node_modules\//, ''));
    expect(scripted.filter((name) => own.allowScripts[name] === undefined)).toEqual([]);
    const versions = Object.values({ ...own.dependencies, ...own.devDependencies });
    expect(versions.filter((version) => !/^\d+\.\d+\.\d+/.test(version))).toEqual([]);
    expect(read('Dockerfile')).not.toMatch(/npm (install|i)\b/);
  });
});
