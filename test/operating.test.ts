import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { KNOWN_VARIABLES } from '../config';
import { createSql } from '../db/client';
import { watchDatabase } from '../operations/database-metrics';
import { Metrics } from '../operations/metrics';
import { measured } from '../workers/sweeps/measured';
import { environmentFile } from './compose';

/** docs/operating.md names nothing that there isn't. */

const read = (path: string) => readFileSync(join(__dirname, '..', path), 'utf8');
const page = read('docs/operating.md');
const named = (pattern: RegExp): string[] => [...new Set([...page.matchAll(pattern)].map(([, name]) => name ?? ''))];

describe('the page for operators', () => {
  it('names variables that we, or the compose file, know', () => {
    const names = named(/\b([A-Z]+(?:_[A-Z]+)+)\b/g);
    const ofCompose = Object.keys(environmentFile(read('.env.example')));
    expect(names.length).toBeGreaterThan(15);
    expect(names.filter((name) => !KNOWN_VARIABLES.has(name) && !ofCompose.includes(name))).toEqual(['ON_ERROR_STOP']);
  });

  it('names figures that are told', async () => {
    const metrics = new Metrics();
    const sql = createSql('postgres://nobody@127.0.0.1:1/nothing', { max: 1 });
    watchDatabase(metrics, sql);
    measured([], metrics);
    const told = metrics.registry.getMetricsAsArray().map(({ name }) => name);
    await sql.end();
    const names = named(/\b(followthrough_[a-z_]+)\b/g).filter((name) => name !== 'followthrough_inside');
    expect(names.length).toBeGreaterThan(10);
    expect(names.filter((name) => !told.includes(name) && name !== 'followthrough_')).toEqual([]);
  });

  it('speaks of services that there are, to whoever copies its commands', () => {
    const services = [...read('docker-compose.yml').matchAll(/^ {2}([a-z][a-z-]*):$/gm)].map(([, name]) => name);
    const commands = page
      .split('\n')
      .filter((line) => line.startsWith('docker compose '))
      .join(' ');
    const words = commands.match(/\b(?:api|migrate|postgres|mailpit|temporal[a-z-]*|worker-[a-z]+)\b/g) ?? [];
    const databases = ['temporal_visibility'];
    expect(words.length).toBeGreaterThan(5);
    expect(words.filter((word) => !services.includes(word) && !databases.includes(word))).toEqual([]);
    for (const [service] of page.matchAll(/^\| (`[^|]*`) \|/gm))
      if (/postgres|worker-|^\| `(api|mailpit)/.test(service))
        for (const [, name] of service.matchAll(/`([^`]+)`/g)) expect(services).toContain(name);
  });

  it('has the webhook that Twilio is told, as the API has it', () => {
    expect(page).toContain('{PUBLIC_URL}/webhooks/twilio/sms/inbound');
    expect(read('api/webhooks/twilio.ts')).toContain("router.post('/sms/inbound'");
  });

  it('keeps the commands by which a backup was made and restored', () => {
    expect(page).toContain('pg_dump --username=postgres --format=custom --dbname=followthrough > followthrough.dump');
    expect(page).toContain('--exit-on-error --no-owner --role=followthrough < followthrough.dump');
  });
});
