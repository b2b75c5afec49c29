import { setTimeout as delay } from 'node:timers/promises';
import { candidatePlaces } from '../../domain/zone-evidence';
import { phoneOf } from '../people';
import { mailCsv, unequalParts, untilAnswered, westernCsv } from './crowd';

describe('a crowd', () => {
  it('is a table with a row for each', () => {
    expect(mailCsv(7, 2)).toBe(
      'external_id,first_name,email,zone,case_external_id\n' +
        'M7,Person 7,person7@example.com,America/New_York,500007\n' +
        'M8,Person 8,person8@example.com,America/New_York,500008\n',
    );
    expect(westernCsv(0, 3).trim().split('\n')).toHaveLength(4);
  });

  it('may be called at the same instant, when noon has come to the west', () => {
    for (let n = 0; n < 20_000; n += 100) {
      const { zones } = candidatePlaces({ statedZone: 'America/Los_Angeles', phones: [phoneOf(n)] });
      expect(zones).toContain('America/Los_Angeles');
    }
  });
});

describe('campaigns of very different size', () => {
  const parts = unequalParts(2_000, 20);
  it('have everybody once', () => expect(parts.reduce((sum, part) => sum + part, 0)).toBe(2_000));
  it('have half of all in the first', () => expect(parts[0]).toBeGreaterThanOrEqual(1_000));
  it('get smaller and are never empty', () => {
    expect(parts).toHaveLength(20);
    expect([...parts].sort((a, b) => b - a)).toEqual(parts);
    expect(Math.min(...unequalParts(40, 20))).toBe(1);
  });
});

describe('asking again', () => {
  const silence = new Error('nobody answered', { cause: new Error('refused') });

  it('goes on while nobody answers', async () => {
    let asked = 0;
    const answer = await untilAnswered(async () => {
      asked += 1;
      if (asked < 3) throw silence;
      return 'yes';
    });
    expect([answer, asked]).toEqual(['yes', 3]);
  });

  it('is given up in the end, but not by whoever was listened to for a while', async () => {
    let asked = 0;
    const silent = untilAnswered(async () => Promise.reject(silence), 50);
    await expect(silent).rejects.toThrow('nobody answered');
    const answer = await untilAnswered(async () => {
      asked += 1;
      if (asked === 1) await delay(600);
      if (asked < 3) throw silence;
      return 'yes';
    }, 300);
    expect([answer, asked]).toEqual(['yes', 3]);
  });

  it('takes a refusal for an answer', async () => {
    await expect(untilAnswered(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  });
});
