// `npm run chaos`: random faults for as long as you like, all of them chosen by a seed; see docs/fault-matrix.md.

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureInstalled, requireNode, ROOT } from '../../local/prepare.mjs';
import { findTemporal } from '../../local/temporal-binary.mjs';

const USAGE = `Usage: npm run chaos -- [--seed N] [--minutes M]     a campaign while processes and servers die
       npm run chaos -- --attempts K [--seed N]      K single attempts, each under a fate of its own`;
const MOST_ATTEMPTS = 1_500;
const MOST_MINUTES = 24 * 60;

try {
  const { seed, minutes, attempts } = read(process.argv.slice(2));
  requireNode();
  await ensureInstalled();
  await findTemporal();
  const isOfAttempts = attempts !== undefined;
  process.exitCode = await jest(`test/chaos/${isOfAttempts ? 'attempt' : 'campaign'}.test.ts`, {
    ...(isOfAttempts ? { ATTEMPT_RUNS: attempts, ATTEMPT_SEED: seed } : { CHAOS_MINUTES: minutes, CHAOS_SEED: seed }),
  });
} catch (error) {
  console.error(`${error.message}\n${USAGE}`);
  process.exitCode = 2;
}

function read(args) {
  const options = {
    seed: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '5' },
    attempts: { type: 'string' },
  };
  const { values } = parseArgs({ args, options });
  requireNumber('seed', values.seed, { least: 0, most: 2 ** 31 - 1, isWhole: true });
  requireNumber('minutes', values.minutes, { least: 0.1, most: MOST_MINUTES });
  if (values.attempts !== undefined)
    requireNumber('attempts', values.attempts, { least: 60, most: MOST_ATTEMPTS, isWhole: true });
  return values;
}

function requireNumber(name, text, { least, most, isWhole = false }) {
  const value = Number(text);
  if (text.trim() !== '' && value >= least && value <= most && (!isWhole || Number.isInteger(value))) return;
  throw new Error(`--${name} is "${text}" and must be a ${isWhole ? 'whole ' : ''}number from ${least} to ${most}`);
}

function jest(file, env) {
  const args = [
    join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js'),
    '--forceExit',
    '--runTestsByPath',
    join(ROOT, file),
  ];
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: 'inherit', env: { ...process.env, ...env } });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
}
