import { Figure } from './figure';
import classes from './figures.module.css';

export interface FigureSpec {
  readonly label: string;
  readonly value: number;
  readonly note?: string;
  readonly isBad?: boolean;
}

export function Figures({ figures }: { readonly figures: readonly FigureSpec[] }) {
  return (
    <dl className={classes['figures']}>
      {figures.map(({ label, value, note, isBad = false }) => (
        <div key={label} className={`${classes['figure']} ${isBad ? classes['bad'] : ''}`}>
          <dt>{label}</dt>
          <dd>
            <Figure value={value} />
          </dd>
          {note === undefined ? null : <dd className={classes['note']}>{note}</dd>}
        </div>
      ))}
    </dl>
  );
}
