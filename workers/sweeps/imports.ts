import { readEntry } from '../../imports/contact-entry';
import type { Sql } from '../../db/client';
import { cancelImport } from '../../db/import';
import { forgetRows, staleImports } from '../../db/import-rows';
import { dropUntakenFiles } from '../../db/stored-file';
import { ImportRunner } from '../../imports/run-imports';
import type { Sweep } from './sweep';

interface Deps {
  readonly sql: Sql;
  readonly addressKey: string;
}

/** Takes in the files that people started, and takes away what is kept of them for long enough. */
export function importSweeps({ sql, addressKey }: Deps): Sweep[] {
  const runner = new ImportRunner({ sql, readEntry: (input) => readEntry(input, addressKey) });
  return [
    // Each import has a claim of its own, so each process may be at another.
    { name: 'imports', everyMs: 1_000, isShared: true, round: () => runner.round() },
    {
      name: 'import-files',
      everyMs: 60_000,
      async round() {
        await dropUntakenFiles(sql);
        for (const id of await staleImports(sql)) await cancelImport(sql, id, 'imports');
        return (await forgetRows(sql)) > 0;
      },
    },
  ];
}
