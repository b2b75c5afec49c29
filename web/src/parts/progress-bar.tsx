import type { Counts } from '../api/answers';
import { Figure } from './figure';
import classes from './progress-bar.module.css';

interface Part {
  readonly name: 'ended' | 'quiet' | 'active' | 'rejected';
  readonly words: string;
  readonly count: number;
}

function partsOf({ ended, rejected, status }: Counts): Part[] {
  return [
    { name: 'ended', words: 'ended', count: ended },
    { name: 'quiet', words: 'calls are over', count: status.completedAllCalls },
    { name: 'active', words: 'active', count: status.active },
    { name: 'rejected', words: 'rejected', count: rejected },
  ];
}

/** How far everybody is. */
export function ProgressBar({ counts, height = 8 }: { readonly counts: Counts; readonly height?: number }) {
  const { ended, enrolled } = counts;
  return (
    <div
      className={classes['bar']}
      style={{ height }}
      role="progressbar"
      aria-label="Contacts that have ended"
      aria-valuemin={0}
      aria-valuemax={Math.max(enrolled, 1)}
      aria-valuenow={ended}
      aria-valuetext={`${ended} of ${enrolled} have ended`}
    >
      {partsOf(counts).map(({ name, count }) => (
        <div
          key={name}
          className={`${classes['part']} ${classes[name]}`}
          style={{ flexGrow: count, display: count === 0 ? 'none' : undefined }}
        />
      ))}
    </div>
  );
}

export function ProgressLegend({ counts }: { readonly counts: Counts }) {
  return (
    <ul className={classes['legend']}>
      {partsOf(counts)
        .filter(({ name, count }) => count > 0 || name !== 'rejected')
        .map(({ name, words, count }) => (
          <li key={name}>
            <span className={`${classes['swatch']} ${classes[name]}`} aria-hidden="true" />
            <span>
              <Figure value={count} /> {words}
            </span>
          </li>
        ))}
    </ul>
  );
}
