import { movedTo } from './moved-touch';
import { aPlannerInput, aRun, aText, CHICAGO, local, MONDAY_10 } from './planner-builders';

const chicago = (text: string) => local(CHICAGO, text);

describe('where a touch comes to be when an operator moves it (P-16)', () => {
  const runs = [
    aRun({ endsOn: '2027-03-02', messages: [aText({ when: { kind: 'after_start', delayMinutes: 3000 } })] }),
  ];
  const input = aPlannerInput({ runs });

  it('is the instant that was asked for, or the next opening', () => {
    expect(movedTo(input, 'intake.text.1', MONDAY_10)).toBe(MONDAY_10);
    expect(movedTo(input, 'intake.call.1', chicago('2027-03-01 20:00'))).toBe(chicago('2027-03-02 09:00'));
  });

  it('is nowhere when its run is over by then, or it is none of the plan', () => {
    expect(movedTo(input, 'intake.call.1', chicago('2027-03-02 18:00'))).toBeNull();
    expect(movedTo(input, 'intake.other.1', MONDAY_10)).toBeNull();
  });
});
