import { Tooltip } from '@mantine/core';
import { useBusinessTime } from '../api/business-time';
import { ClockIcon } from '../parts/icons';
import { dayOf, OWN_ZONE, timeOf } from '../words/time';
import classes from './shell.module.css';

/** Business time as this browser's zone has it. */
export function BusinessClock() {
  const time = useBusinessTime();
  if (time === null) return null;
  return (
    <Tooltip label={`Business time, in ${OWN_ZONE}`}>
      <time className={`${classes['clock']} numbers`} dateTime={new Date(time.now).toISOString()}>
        <ClockIcon size={15} />
        <span>
          <span className={classes['day']}>{dayOf(time.now)}, </span>
          {timeOf(time.now)}
        </span>
      </time>
    </Tooltip>
  );
}
