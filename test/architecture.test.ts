import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';

const ROOT = join(__dirname, '..');
const MAX_LINES = 300;

/** What the files of a folder may import besides each other; `types` = by `import type` only. */
interface Layer {
  readonly modules: readonly string[];
  readonly types?: readonly string[];
  readonly packages: readonly string[];
  readonly mayUseNode: boolean;
}

/** Imports go down only: 4 workers, api, simulator, local; 3 activities, workflows, engine, imports, operations; 2 db; 1 domain. */
const LAYERS: Readonly<Record<string, Layer>> = {
  domain: { modules: [], packages: ['zod', 'luxon', 're2js', 'libphonenumber-js'], mayUseNode: false },
  db: { modules: ['domain/'], types: ['postgres'], packages: [], mayUseNode: true },
  workflows: {
    modules: ['domain/'],
    types: ['activities/contract'],
    packages: ['@temporalio/workflow'],
    mayUseNode: false,
  },
  activities: {
    // A report is a file of people, written as exports are.
    modules: ['domain/', 'db/', 'imports/report-file'],
    packages: ['@temporalio/activity', '@temporalio/common', 'twilio', 'nodemailer', 'pino', 'zod'],
    mayUseNode: true,
  },
  engine: {
    modules: ['domain/', 'db/', 'workflows/contract'],
    packages: ['@temporalio/client', '@temporalio/common', '@temporalio/proto'],
    mayUseNode: true,
  },
  imports: {
    modules: ['domain/', 'db/'],
    packages: ['csv-parse', 'zod'],
    mayUseNode: true,
  },
  operations: {
    modules: ['db/'],
    types: ['engine/engine'],
    packages: ['pino', 'prom-client'],
    mayUseNode: true,
  },
  workers: {
    modules: ['domain/', 'db/', 'activities/', 'engine/', 'imports/', 'operations/', 'workflows/contract'],
    packages: ['@temporalio/worker', '@temporalio/common', 'pino'],
    mayUseNode: true,
  },
  api: {
    modules: ['domain/', 'db/', 'engine/', 'imports/', 'operations/'],
    types: ['workflows/contract'],
    packages: ['express', 'helmet', 'twilio', 'zod', 'pino'],
    mayUseNode: true,
  },
  simulator: {
    modules: ['domain/', 'db/client', 'db/clock', 'db/lost-connection'],
    packages: ['express', 'twilio', 'smtp-server', 'postal-mime', 'nodemailer', 'zod', 'pino'],
    mayUseNode: true,
  },
  local: {
    modules: ['domain/', 'db/', 'activities/', 'engine/', 'workers/', 'api/', 'simulator/', 'workflows/contract'],
    packages: ['pino', 'pino-pretty', 'zod'],
    mayUseNode: true,
  },
  bench: {
    modules: ['domain/', 'db/', 'local/', 'simulator/simulator', 'workflows/contract'],
    packages: ['@temporalio/client', '@temporalio/worker', '@temporalio/workflow', 'twilio', 'autocannon'],
    mayUseNode: true,
  },
  web: { modules: [], packages: [], mayUseNode: false },
  config: { modules: [], packages: ['zod'], mayUseNode: false },
};

/** Narrower than the layer: only these files may. */
const ONLY_FROM: Readonly<Record<string, RegExp>> = {
  postgres: /^db\/client$/,
  config: /^(\w+\/(main|[\w-]+-main)|local\/[\w-]+)$/,
};

const FORBIDDEN_FOLDERS = new Set(['utils', 'helpers', 'common', 'types', 'misc']);
const NOT_OURS = new Set(['node_modules', 'coverage', 'test', 'web']);

interface Import {
  readonly from: string;
  readonly to: string;
  readonly isType: boolean;
}

const files = listFiles(ROOT).filter((path) => /\.(ts|mjs)$/.test(path));
const modules = files.filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'));
const imports = modules.flatMap(importsOf);

describe('the architecture', () => {
  it('is seen whole by this test', () => {
    expect(modules.length).toBeGreaterThan(150);
    expect(imports.length).toBeGreaterThan(500);
    const seen = new Set(modules.map(layerOf));
    expect(Object.keys(LAYERS).filter((layer) => !seen.has(layer) && layer !== 'web')).toEqual([]);
  });

  it('knows every folder that holds code', () => {
    expect(modules.filter((path) => LAYERS[layerOf(path)] === undefined)).toEqual([]);
  });

  it('imports downwards only, and only what the table allows', () => {
    expect(imports.filter((each) => !isAllowed(each)).map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
  });

  it.each([
    ['an upward import', { from: 'db/clock', to: 'activities/step', isType: false }],
    ['a value where only a type may come', { from: 'workflows/proxies', to: 'activities/contract', isType: false }],
    ['a package of another layer', { from: 'api/app', to: '@temporalio/client', isType: false }],
    ['a built-in module in a pure folder', { from: 'domain/fold', to: 'node:crypto', isType: false }],
    ['the database driver beside its one file', { from: 'db/clock', to: 'postgres', isType: false }],
    ['the environment below an entry point', { from: 'workers/create-worker', to: 'config', isType: false }],
    ['the inside of workflows', { from: 'local/stack', to: 'workflows/enrollment', isType: false }],
    ['a package whose name begins alike', { from: 'domain/fold', to: 'zod-extra', isType: false }],
  ])('would refuse %s', (_, forbidden) => {
    expect(isAllowed(forbidden)).toBe(false);
  });

  it('takes no clock and no chance into the domain', () => {
    const impure = /\bnew Date\(\s*\)|\bDate\.now\b|\bMath\.random\b|\bDateTime\.(now|local|utc)\(\s*\)/;
    const pure = modules.filter((path) => layerOf(path) === 'domain');
    expect(pure.filter((path) => impure.test(read(path)))).toEqual([]);
  });

  it('names no folder after what nobody owns', () => {
    const folders = new Set(files.flatMap((path) => path.split('/').slice(0, -1)));
    expect([...folders].filter((folder) => FORBIDDEN_FOLDERS.has(folder))).toEqual([]);
  });

  it(`keeps every file within ${MAX_LINES} lines`, () => {
    const own = files.filter((path) => !path.endsWith('.test.ts'));
    expect(own.filter((path) => read(path).split('\n').length > MAX_LINES)).toEqual([]);
  });
});

function isAllowed({ from, to, isType }: Import): boolean {
  const layer = LAYERS[layerOf(from)];
  if (layer === undefined) return false;
  const only = ONLY_FROM[to];
  if (only?.test(from)) return true;
  if (isType && (layer.types ?? []).some((allowed) => covers(allowed, to))) return true;
  if (only !== undefined) return false;
  if (to.startsWith('node:')) return layer.mayUseNode;
  if (layerOf(to) === layerOf(from)) return true;
  return [...layer.modules, ...layer.packages].some((allowed) => covers(allowed, to));
}

/** `db/` covers all of that folder; `zod` covers the package and what it exports below. */
function covers(allowed: string, to: string): boolean {
  return to === allowed || to.startsWith(allowed.endsWith('/') ? allowed : `${allowed}/`);
}

function layerOf(path: string): string {
  return path.replace(/\.ts$/, '').split('/')[0] ?? '';
}

function importsOf(path: string): Import[] {
  const source = read(path);
  const declared = source.matchAll(/^(?:import|export)\s+(type\s)?(?:([^'";=()]*?)\s*from\s+)?'([^']+)'/gm);
  const called = source.matchAll(/\b(?:import|require)\(\s*'([^']+)'/g);
  return [
    ...[...declared].map(([, type, names = '', to = '']) => importOf(path, to, type !== undefined || onlyTypes(names))),
    ...[...called].map(([, to = '']) => importOf(path, to, false)),
  ];
}

/** `{ type A, type B }`. */
function onlyTypes(names: string): boolean {
  const list = /^\{([^}]*)\}$/
    .exec(names.trim())?.[1]
    ?.split(',')
    .map((name) => name.trim());
  return list !== undefined && list.filter((name) => name !== '').every((name) => name.startsWith('type '));
}

function importOf(path: string, to: string, isType: boolean): Import {
  const target = to.startsWith('.') ? posix.join(posix.dirname(path), to) : to;
  return { from: path.replace(/\.ts$/, ''), to: target, isType };
}

function listFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (!entry.isDirectory()) return [relative(ROOT, path).split(sep).join('/')];
    const isOurs = !NOT_OURS.has(entry.name) && !/^(\.|dist)/.test(entry.name);
    return isOurs ? listFiles(path) : [];
  });
}

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}
