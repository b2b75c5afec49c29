import { classifyReply, ruleBasedClassifier } from './reply-classifier';

const bucketOf = (text: string, phrases = {}) => classifyReply(text, phrases).bucket;

describe('the bucket of a reply', () => {
  it.each([
    [
      'interested',
      [
        'Yes please',
        'yes',
        'Yep!',
        'I am interested',
        'Sounds good, thanks',
        'I’d like to proceed',
        'Sí',
        'ok',
        'sign me up',
      ],
    ],
    [
      'not_interested',
      [
        'Not interested',
        'no thanks',
        'No',
        'I already have an attorney',
        'I don’t need a lawyer',
        'non merci',
        'No me interesa',
      ],
    ],
    [
      'needs_follow_up',
      ['maybe later', 'Busy, get back to you next week', 'I am at a loss', '👍', '', 'END of May works'],
    ],
    [
      'question',
      ['How much does it cost?', 'who is this', 'Yes, what do you need?', '¿Cuánto cuesta?', 'Is this free'],
    ],
    [
      'wrong_number',
      ['Wrong number', 'you have the wrong person', 'Nobody by that name', 'this isn’t her phone', 'número equivocado'],
    ],
    [
      'callback_requested',
      [
        'call me Tuesday at three',
        'Can you call me tomorrow?',
        'please call back',
        'Give me a ring',
        'Don’t stop, call me',
        'llámame mañana',
        'Can we talk tomorrow',
      ],
    ],
    ['opted_out', ['STOP', 'no more texts please', 'Remove me', 'Wrong number, stop texting me', 'arrêtez']],
  ])('is %s', (bucket, texts) => {
    expect(texts.map((text) => [text, bucketOf(text)])).toEqual(texts.map((text) => [text, bucket]));
  });

  it.each(['don’t call me at work', 'they never call me', 'nobody ever calls', 'I will call at the office'])(
    '%j asks for no call',
    (text) => expect(bucketOf(text)).toBe('needs_follow_up'),
  );

  it('comes with what was said of the time of a call, without our own words', () => {
    expect(classifyReply('Call me Tuesday at three\n> When may we call?', {})).toEqual({
      bucket: 'callback_requested',
      confidence: 'rule',
      callbackText: 'Call me Tuesday at three',
    });
    expect(classifyReply(`call me ${'soon '.repeat(100)}`, {}).callbackText).toHaveLength(300);
  });

  it('says how it was found', () => {
    expect(classifyReply('yes', {})).toEqual({ bucket: 'interested', confidence: 'rule' });
    expect(classifyReply('hm', {})).toEqual({ bucket: 'needs_follow_up', confidence: 'fallback' });
    expect(classifyReply('hm', { unsure: ['hm'] })).toEqual({ bucket: 'unsure', confidence: 'phrase' });
  });

  it('is the one that most of the words speak for', () => {
    const phrases = { hot: ['ready'], signed: ['ready to sign'], also_signed: ['Ready to sign'] };
    expect(bucketOf('I am READY to sign!', phrases)).toBe('also_signed');
    expect(bucketOf('ready to sign', { b: ['ready to sign'], a: ['ready to sign'], c: ['ready to sign'] })).toBe('a');
    expect(bucketOf('ready', phrases)).toBe('hot');
    expect(bucketOf('already signed', phrases)).toBe('needs_follow_up');
  });

  it('S0-28: is one of the campaign’s own, before the built-in ones', () => {
    expect(bucketOf('Yes, I got my check', { paid: ['got my check'] })).toBe('paid');
    expect(bucketOf('👍 thanks', { interested: ['', ' ', '👍'] })).toBe('interested');
    expect(bucketOf('call me later', { callback_requested: ['later'] })).toBe('callback_requested');
  });

  it('is opted_out before everything, by our words or the campaign’s', () => {
    expect(bucketOf('stop texting, I got my check', { paid: ['got my check'] })).toBe('opted_out');
    expect(bucketOf('basta ya con esto, me interesa', { interested: ['me interesa'], opted_out: ['basta ya'] })).toBe(
      'opted_out',
    );
  });

  it('is the same by way of the classifier that may be replaced', async () => {
    await expect(ruleBasedClassifier.classify('Yes', {})).resolves.toEqual({
      bucket: 'interested',
      confidence: 'rule',
    });
  });
});
