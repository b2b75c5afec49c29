import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { BUILT, build } from '../test/build';
import { startChild } from './child';
import { isAlive } from './folder-owner';

describe('startChild', () => {
  it('hands on what the child says, and tells how it ended', async () => {
    const lines: string[] = [];
    const child = await startChild('/bin/sh', ['-c', 'echo one; echo two >&2; exit 3'], {
      log: (line) => lines.push(line),
    });
    expect(await child.exited).toBe('exit code 3');
    expect(lines.sort()).toEqual(['one', 'two']);
    expect(child.isRunning()).toBe(false);
  });

  it('ends the child by the signal asked for', async () => {
    const child = await startChild('/bin/sleep', ['1000'], { stopSignal: 'SIGINT' });
    await child.stop();
    expect(await child.exited).toBe('signal SIGINT');
  });

  it('fails when there is no such program', async () => {
    await expect(startChild('/no/such/program', [])).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('lets the child die with the process that started it, even by kill -9', async () => {
    await build();
    const script = `require(process.argv[1]).startChild('/bin/sleep', ['1000']).then(({ pid }) => console.log(pid))`;
    const starter = spawn(process.execPath, ['-e', script, join(BUILT, 'local', 'child.js')]);
    const [pid] = (await once(createInterface({ input: starter.stdout }), 'line')) as [string];
    expect(isAlive(Number(pid))).toBe(true);
    starter.kill('SIGKILL');
    while (isAlive(Number(pid))) await delay(10);
  });
});
