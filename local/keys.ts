import { randomBytes } from 'node:crypto';
import { access, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { codeOf } from './error-code';

const KeysSchema = z.object({
  secretKey: z.string().min(32),
  addressKey: z.string().min(32),
  twilioSid: z.string().min(1),
  twilioToken: z.string().min(1),
});
export type LocalKeys = z.output<typeof KeysSchema>;

/**
 * The keys of this machine's installation, made once. They belong to the database beside them: addresses are kept by
 * their hash, so with other keys every suppression would be lost, and a database without its keys is refused.
 */
export async function localKeys(folder: string): Promise<LocalKeys> {
  const file = join(folder, 'keys.json');
  const text = await readFile(file, 'utf8').catch(nullIfMissing);
  if (text !== null) return readKeys(text, file);
  if (await exists(join(folder, 'postgres', 'PG_VERSION')))
    throw new Error(
      `${file} is missing, and the database beside it is of no use without: put the file back, or start anew in another folder`,
    );
  const key = (bytes: number) => randomBytes(bytes).toString('hex');
  const keys: LocalKeys = { secretKey: key(32), addressKey: key(32), twilioSid: `AC${key(16)}`, twilioToken: key(16) };
  await writeFile(`${file}.new`, JSON.stringify(keys, null, 2), { mode: 0o600 });
  await rename(`${file}.new`, file);
  return keys;
}

function readKeys(text: string, file: string): LocalKeys {
  try {
    return KeysSchema.parse(JSON.parse(text));
  } catch {
    // Not the cause: it would quote what stands in the file.
    throw new Error(`${file} does not hold the keys that were once made: put it back, or start anew in another folder`);
  }
}

function nullIfMissing(error: unknown): null {
  if (codeOf(error) === 'ENOENT') return null;
  throw error;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    (error: unknown) => nullIfMissing(error) !== null,
  );
}
