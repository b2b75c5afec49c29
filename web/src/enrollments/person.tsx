import type { Contact } from '../api/answers';
import { useBusinessTime } from '../api/business-time';
import { CHANNEL, inWords } from '../words/status';
import { dayAndTime, placeOf } from '../words/time';
import classes from './enrollment-page.module.css';

/** Who it is, what time it is there, and how the person can be reached. */
export function Person({ contact, zone }: { readonly contact: Contact; readonly zone: string }) {
  const { places, addresses, externalId } = contact;
  return (
    <dl className={classes['facts']}>
      <div>
        <dt>Their local time</dt>
        <dd>
          <LocalTime zone={zone} />
        </dd>
      </div>
      <div>
        <dt>{places.zones.length > 1 ? 'May be in any of' : 'Where'}</dt>
        <dd>
          {places.known ? '' : 'Nothing says where; '}
          {places.zones.length > 4 ? `any of ${places.zones.length} time zones` : places.zones.map(placeOf).join(', ')}
        </dd>
      </div>
      {addresses.map(({ kind, value, unusable, suppressed }) => (
        <div key={value}>
          <dt>{kind === 'phone' ? 'Phone' : 'Mail'}</dt>
          <dd>
            {value}
            {unusable === null ? null : <Bar words={inWords(unusable)} />}
            {suppressed.length === 0 ? null : (
              <Bar words={`Not to be reached by ${suppressed.map((each) => CHANNEL[each].toLowerCase()).join(', ')}`} />
            )}
          </dd>
        </div>
      ))}
      {externalId === null ? null : (
        <div>
          <dt>External id</dt>
          <dd>{externalId}</dd>
        </div>
      )}
    </dl>
  );
}

function LocalTime({ zone }: { readonly zone: string }) {
  const time = useBusinessTime();
  if (time === null) return <>–</>;
  return (
    <span className="numbers">
      {dayAndTime(time.now, zone)} in {placeOf(zone)}
    </span>
  );
}

function Bar({ words }: { readonly words: string }) {
  return <div style={{ color: 'light-dark(#9b2c22, #f3a59d)', fontSize: '0.8rem' }}>{words}</div>;
}
