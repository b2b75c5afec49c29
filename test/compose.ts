import { parse } from 'yaml';
import * as z from 'zod';

/** Reads a compose file, a Dockerfile and an .env as Docker does, as far as ours use them. */

const Service = z.object({
  image: z.string(),
  build: z.string().optional(),
  command: z.array(z.string()).optional(),
  entrypoint: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()).default({}),
  user: z.string().optional(),
  init: z.boolean().optional(),
  read_only: z.boolean().optional(),
  privileged: z.boolean().optional(),
  network_mode: z.string().optional(),
  pid: z.string().optional(),
  cap_drop: z.array(z.string()).optional(),
  cap_add: z.array(z.string()).optional(),
  security_opt: z.array(z.string()).optional(),
  restart: z.string(),
  stop_grace_period: z.string().optional(),
  networks: z.array(z.string()),
  ports: z.array(z.string()).optional(),
  volumes: z.array(z.string()).optional(),
  depends_on: z.record(z.string(), z.strictObject({ condition: z.string() })).optional(),
  healthcheck: z
    .object({
      disable: z.boolean().optional(),
      test: z.array(z.string()).optional(),
      interval: z.string().optional(),
      timeout: z.string().optional(),
      retries: z.number().optional(),
    })
    .optional(),
});
export type Service = z.output<typeof Service>;

const ComposeSchema = z.object({
  services: z.record(z.string(), Service),
  networks: z.record(z.string(), z.record(z.string(), z.unknown())),
  volumes: z.record(z.string(), z.unknown()),
});
export type Compose = z.output<typeof ComposeSchema>;

/** Throws with the name of a variable that must be set and isn't. */
export function readCompose(text: string, env: Readonly<Record<string, string>>): Compose {
  const document: unknown = parse(text, { merge: true });
  return ComposeSchema.parse(substituted(document, env));
}

function substituted(value: unknown, env: Readonly<Record<string, string>>): unknown {
  if (typeof value === 'string') return substitutedText(value, env);
  if (Array.isArray(value)) return value.map((item) => substituted(item, env));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, substituted(item, env)]));
}

/** `${NAME:-default}` and `${NAME:?why}`; a plain `$` is written twice. */
function substitutedText(text: string, env: Readonly<Record<string, string>>): string {
  return text.replace(/\$(?:\$|\{(\w+):([-?])([^}]*)\}|.?)/g, (whole, name?: string, kind?: string, rest?: string) => {
    if (whole === '$$') return '$';
    if (name === undefined) throw new Error(`${text} is written in a way that we do not use`);
    const value = env[name] ?? '';
    if (value === '' && kind === '?') throw new Error(`${name} must be set: ${rest}`);
    return value === '' ? (rest ?? '') : value;
  });
}

export function environmentFile(text: string): Record<string, string> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return Object.fromEntries(
    lines.map((line) => {
      const [, name = '', value = ''] = /^(\w+)=(.*)$/.exec(line) ?? [];
      if (name === '') throw new Error(`this is no variable: ${line}`);
      return [name, value];
    }),
  );
}

/** The instructions of each stage, comments left out and continued lines joined. */
export function buildInstructions(dockerfile: string): string[][] {
  const lines = dockerfile
    .replace(/\\\n\s*/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'));
  const stages: string[][] = [];
  for (const line of lines) {
    if (line.startsWith('FROM ')) stages.push([]);
    stages.at(-1)?.push(line);
  }
  return stages;
}
