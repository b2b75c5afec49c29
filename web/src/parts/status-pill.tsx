import type { Badge } from '../words/status';
import classes from './status-pill.module.css';

export function StatusPill({ words, tone }: Badge) {
  return <span className={`${classes['pill']} ${classes[tone]}`}>{words}</span>;
}
