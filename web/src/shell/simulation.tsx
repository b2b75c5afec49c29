import { useBusinessTime } from '../api/business-time';
import { FlaskIcon } from '../parts/icons';
import { speedInWords } from '../words/time';
import classes from './shell.module.css';
import { useWho } from './who';

/** Nobody may take the demonstration for the real thing. */
export function Simulation() {
  const time = useBusinessTime(60_000);
  if (!useWho().simulated) return null;
  return (
    <div className={classes['simulation']} role="note" aria-label="Simulation">
      <div>
        <strong>
          <FlaskIcon size={15} /> SIMULATION
        </strong>
        <span>No real person is contacted{time === null ? '.' : `; ${speedInWords(time.speed)}.`}</span>
      </div>
    </div>
  );
}
