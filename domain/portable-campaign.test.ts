import {
  copyName,
  FORMAT,
  KindSchema,
  portable,
  PortableCampaignSchema,
  referenceIn,
  withReference,
} from './portable-campaign';

const LIST = { kind: 'list' as const, id: 'one', name: 'People', caseType: 'intake' };

describe('a campaign as a file', () => {
  it('is read as it was written', () => {
    const file = portable({ list: { listId: 'one' }, basics: { name: 5 } }, 'schedule', [LIST]);
    expect(PortableCampaignSchema.parse(JSON.parse(JSON.stringify(file)))).toEqual(file);
    expect(file.format).toBe(FORMAT);
    expect(KindSchema.options).toEqual(['list', 'agent', 'form']);
  });

  it.each([
    [{ format: 'something' }, 'format'],
    [{ formatVersion: 2 }, 'formatVersion'],
    [{ steps: { stairs: {} } }, 'steps'],
    [{ steps: { basics: 'x' } }, 'steps.basics'],
    [{ people: [] }, ''],
  ])('is refused with %j', (change, field) => {
    const file = { ...portable({}, 'basics', []), ...change };
    expect(PortableCampaignSchema.safeParse(file).error?.issues.map(({ path }) => path.join('.'))).toEqual([field]);
  });

  it('names what it refers to, which may be something else elsewhere', () => {
    const steps = { list: { listId: 'one' }, agent: { agentId: '' }, form: { formId: 5 } };
    expect([referenceIn(steps, 'list'), referenceIn(steps, 'agent'), referenceIn(steps, 'form')]).toEqual([
      'one',
      null,
      null,
    ]);
    expect(referenceIn({}, 'list')).toBeNull();
    expect(withReference(steps, 'list', 'two')).toEqual({ ...steps, list: { listId: 'two' } });
  });

  it('has a name of its own as a copy, within what names may be (R-12)', () => {
    expect(copyName(' Intake ')).toBe('Intake (copy)');
    expect(copyName('a'.repeat(120))).toBe(`${'a'.repeat(113)} (copy)`);
  });
});
