import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface LocalKeys {
  readonly secretKey: string;
  readonly addressKey: string;
  readonly twilioSid: string;
  readonly twilioToken: string;
}

/** The keys of this machine's installation, made once. They belong to its database: with others, suppressions would be lost. */
export async function localKeys(folder: string): Promise<LocalKeys> {
  const file = join(folder, 'keys.json');
  try {
    // Written by us below, with these four strings.
    return JSON.parse(await readFile(file, 'utf8')) as LocalKeys;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
  const key = (bytes: number) => randomBytes(bytes).toString('hex');
  const keys: LocalKeys = { secretKey: key(32), addressKey: key(32), twilioSid: `AC${key(16)}`, twilioToken: key(16) };
  await mkdir(folder, { recursive: true });
  await writeFile(file, JSON.stringify(keys, null, 2), { mode: 0o600, flag: 'wx' });
  return keys;
}
