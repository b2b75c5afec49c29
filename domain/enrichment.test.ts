import {
  EnrichmentAnswerSchema,
  EnrichmentCauseSchema,
  EnrichmentKindSchema,
  EnrichmentPolicySchema,
  isEnriching,
  usableFound,
} from './enrichment';

describe('looking up what is missing (K-7, K-25)', () => {
  it('is off unless a campaign names what for', () => {
    expect(EnrichmentPolicySchema.parse({})).toEqual({ afterUnreachable: null, on: [], kinds: ['phone'] });
    expect(isEnriching(EnrichmentPolicySchema.parse({}))).toBe(false);
    expect(isEnriching(EnrichmentPolicySchema.parse({ afterUnreachable: 3 }))).toBe(true);
    expect(isEnriching(EnrichmentPolicySchema.parse({ on: ['import'] }))).toBe(true);
  });

  it('can be for a phone, a mail address, an address and demographics, on import, calls and texts', () => {
    const all = { on: ['import', 'call', 'text'], kinds: EnrichmentKindSchema.options };
    expect(EnrichmentPolicySchema.safeParse(all).success).toBe(true);
    expect(all.kinds).toEqual(['phone', 'email', 'address', 'demographics']);
    expect(EnrichmentCauseSchema.options).toEqual(['unreachable', ...all.on, 'manual']);
    expect(EnrichmentPolicySchema.safeParse({ kinds: [] }).success).toBe(false);
    expect(EnrichmentPolicySchema.safeParse({ kinds: ['shoe_size'] }).success).toBe(false);
    expect(EnrichmentPolicySchema.safeParse({ afterUnreachable: 0 }).success).toBe(false);
  });

  it('brings numbers as directories print them: the usable ones, each once, in their order', () => {
    const { found } = EnrichmentAnswerSchema.parse({
      found: [
        { kind: 'phone', value: '(212) 555-0124', source: 'directory', confidence: 0.9 },
        { kind: 'phone', value: '212-555-0124', source: 'another' },
        { kind: 'phone', value: '12' },
        { kind: 'email', value: 'Ann@Example.com' },
        { kind: 'email', value: 'nobody' },
        { kind: 'address', street: '1 Example Street', city: 'Springfield' },
        { kind: 'demographics', values: { age: 44, homeowner: true } },
        { kind: 'phone', value: '+12125550125' },
      ],
    });
    expect(usableFound(found, ['phone', 'email'])).toEqual([
      { kind: 'phone', value: '+12125550124', source: 'directory' },
      { kind: 'email', value: 'ann@example.com', source: null },
      { kind: 'phone', value: '+12125550125', source: null },
    ]);
    expect(usableFound(found, ['email']).map(({ kind }) => kind)).toEqual(['email']);
  });
});
