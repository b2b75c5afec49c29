import { rm } from 'node:fs/promises';
import { servers } from './servers';

export default async function tearDown(): Promise<void> {
  const running = servers();
  await running.temporal?.stop();
  await running.postgres?.stop();
  if (running.folder) await rm(running.folder, { recursive: true, force: true });
}
