import type { ReactNode } from 'react';
import classes from './rows.module.css';

export interface Column<T> {
  readonly label: string;
  /** `main` names the row, `wide` may be long. */
  readonly kind?: 'main' | 'wide' | 'number' | 'tight';
  readonly cell: (row: T) => ReactNode;
}

interface RowsProps<T> {
  readonly label: string;
  readonly columns: readonly Column<T>[];
  readonly rows: readonly T[];
  readonly keyOf: (row: T) => string;
}

/** A table that becomes a list of blocks where there is no room for it. */
export function Rows<T>({ label, columns, rows, keyOf }: RowsProps<T>) {
  return (
    <table className={classes['rows']} aria-label={label}>
      <thead>
        <tr>
          {columns.map(({ label: head, kind }) => (
            <th key={head} scope="col" className={kind === undefined ? '' : classes[kind]}>
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={keyOf(row)}>
            {columns.map(({ label: head, kind, cell }) => (
              <td key={head} data-label={head} className={kind === undefined ? '' : classes[kind]}>
                <div>{cell(row)}</div>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function Sub({ children }: { readonly children: ReactNode }) {
  return <div className={classes['sub']}>{children}</div>;
}
