import { DncAnswerSchema, ReassignedAnswerSchema, RegistrySchema, RelationshipKindSchema } from './number-check';

describe('what is kept of a number', () => {
  it('is told in the words of two registries (C10, C11), and of two kinds of relationship', () => {
    const words = [RegistrySchema, DncAnswerSchema, ReassignedAnswerSchema, RelationshipKindSchema];
    expect(words.map(({ options }) => options)).toEqual([
      ['dnc', 'reassigned'],
      ['listed', 'not_listed'],
      ['yes', 'no', 'no_data'],
      ['purchase', 'inquiry'],
    ]);
  });
});
