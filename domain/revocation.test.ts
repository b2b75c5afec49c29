import { keywordOf, revocationOf } from './revocation';
import { cpuSecondsOf } from '../test/cpu';

const revoking = [
  // per-se words of the FCC, Twilio, Telnyx and AWS
  ...['stop', 'quit', 'end', 'revoke', 'opt out', 'cancel', 'unsubscribe'],
  ...['STOPALL', 'STOP ALL', 'OPTOUT', 'OPT-OUT', 'ARRET', 'TD', 'REMOVE'],
  // whatever the case, space, punctuation, accents and emoji; misspelt, polite, repeated, spelled
  ...['Stop.', ' sToP!!! ', '"STOP"', 'STOP 🛑', 'S T O P', 's.t.o.p', 'ＳＴＯＰ', 'STOPP', 'stpo', 'unsuscribe'],
  ...['Please stop', 'STOP now, thank you', 'stop stop STOP', 'Ok just stop', 'stop it', 'Stop\nBen'],
  // Spanish and French
  ...[
    'ALTO',
    'no más',
    '¡Basta ya!',
    'Cancelar por favor',
    'Pare',
    'arrêt',
    'Arrêtez !',
    'arrêtez s’il vous plaît',
    'désabonner',
  ],
  // phrases
  ...[
    'stop texting me',
    'Please stop calling and texting',
    'quit calling me',
    'stop all the messages',
    'STOP WITH THE TEXTS',
  ],
  ...[
    'no more texts please',
    'No more calls',
    'no texts please',
    'do not contact me',
    'Don’t text me again',
    'never call this number',
  ],
  ...[
    'dont ever contact us',
    'I said do not call me',
    'remove me',
    'Remove me from your list',
    'take me off this list',
    'take me off',
  ],
  ...[
    'get my number off your call list',
    'lose my number',
    'delete my info',
    'please leave me alone',
    'I want to opt out',
  ],
  ...[
    'how do I unsubscribe?',
    'opt me out',
    'I hereby revoke my consent',
    'I withdraw all consent',
    'I dont want any more texts',
  ],
  ...[
    'I no longer wish to receive your messages',
    'we do not want to be contacted',
    'I asked you to stop',
    'put me on your do not call list',
  ],
  ...[
    'wrong number, stop texting',
    'You didn’t listen. Remove me',
    'leave me alone or else',
    'cease and desist',
    'take me off please',
  ],
  ...['do not use this number', 'I am on the Do Not Call Registry', 'stop txting me', 'dnt text me', 'ok stop, bye'],
  ...['dejen de estar molestando', 'deja de escribirme', 'no llamar', 'no llame más', 'ya no quiero nada'],
  ...['pas de SMS svp', 'merci de ne plus me contacter'],
  // threats
  ...[
    'I will sue you',
    'we are suing your company',
    'see you in court',
    'you will hear from my lawyer',
    'Im going to report you',
  ],
  ...['filing a complaint with the FCC', 'I am reporting you to the state bar', 'lawyer up', 'you are harassing me'],
  ...[
    'no me llamen más',
    'ya no me escriban',
    'dejen de llamar',
    'no quiero recibir mensajes',
    'no más mensajes',
    'déjenme en paz',
  ],
  ...[
    'bórrenme',
    'quítenme de su lista',
    'ne m’appelez plus',
    'ne me contactez plus',
    'Arrêtez de m’écrire',
    'laissez-moi tranquille',
  ],
  ...['plus de messages', 'supprimez mon numéro', 'désabonnez-moi'],
];

const unclear = [
  ...[
    'Not interested',
    'no thanks',
    'No.',
    'nope',
    'no gracias',
    'non merci',
    'I already have a lawyer',
    'this is spam',
  ],
  ...[
    'don’t call me at work, text me',
    'do not call before 9',
    'stop texting me so early',
    'no more calls today, I’m busy',
    'Stop texting, call me',
  ],
  ...[
    'I dont want a call',
    'please make it all stop',
    'I want you to stop',
    'you never stop',
    'cancel my case',
    'end it all',
    'quit this',
    '🛑',
  ],
  ...[
    'no me llames ahora',
    'ne m’appelez pas aujourd’hui',
    'he blocked you',
    'Alto ahi amigo',
    'text me, no calls please',
    'Email only',
  ],
];

const harmless = [
  ...[
    '',
    '👍',
    'yes please',
    'YES',
    'START',
    'help',
    'Call me Tuesday at three',
    'don’t stop, call me',
    'please do not unsubscribe me',
  ],
  ...['END of May works', 'this weekend', 'I quit my job in May and need advice', 'never cancelled anything with you'],
  ...[
    'I was hit at a stop sign',
    'the other driver ran the stop light',
    'the car stopped suddenly',
    'he failed to stop',
    'I can stop by at noon',
  ],
  ...[
    'I waited at the bus stop for you',
    'I need to cancel my appointment',
    'why don’t you call me',
    'they don’t call me back',
  ],
  ...[
    'the adjuster never contacted me back',
    'firemen had to remove me from the car',
    'the doctor took me off work',
    'here is the police report you asked for',
  ],
  ...[
    'can I opt out of the class action?',
    'should I sue U-Haul',
    'don’t hesitate to call',
    'I don’t want to miss your call',
    'I got no message from you',
    'no calls from the adjuster yet',
    'ya no me deja de doler',
  ],
  ...['Liked “Reply STOP to opt out”', 'Sounds good\n\nOn Fri, Nov 20, 2026, Firm wrote:\n> Reply STOP to opt out'],
];

describe('a reply (C6, C17)', () => {
  it.each(revoking)('that says %j revokes', (text) => expect(revocationOf(text)).toMatchObject({ verdict: 'revoke' }));

  it.each(unclear)('that says %j is for a person to read', (text) => {
    expect(revocationOf(text)).toMatchObject({ verdict: 'unclear' });
  });

  it.each(harmless)('that says %j does not revoke', (text) => expect(revocationOf(text)).toEqual({ verdict: 'none' }));

  it('tells which words decided', () => {
    expect(revocationOf('Stop!!')).toEqual({ verdict: 'revoke', matched: 'stop' });
    expect(revocationOf('Hey, please stop texting me, ok?')).toEqual({ verdict: 'revoke', matched: 'stop texting' });
    expect(revocationOf('Sorry, not interested')).toEqual({ verdict: 'unclear', matched: 'not interested' });
  });

  it('revokes below a quote of ours, and in the first line of a mail', () => {
    expect(revocationOf('On Fri, Nov 20, 2026, Firm wrote:\n> How are you?\n\nStop').verdict).toBe('revoke');
    expect(revocationOf('Unsubscribe\n\nBen Miller\nMiller & Sons').verdict).toBe('revoke');
  });

  it('of a megabyte is read at once', () => {
    const texts = [
      'stop ',
      'do not ',
      'no more ',
      'dont want to ',
      'remove me from the ',
      'a',
      ' ',
      '>\n',
      'on x\n',
      'STOP.',
    ];
    for (const text of texts)
      expect(cpuSecondsOf(() => revocationOf(text.repeat(1_000_000 / text.length)))).toBeLessThan(10);
  });
});

describe('a keyword', () => {
  it.each([
    ['STOP', 'stop'],
    ['opt-out', 'stop'],
    ['Start!', 'start'],
    ['UNSTOP', 'start'],
    ['YES.', 'yes'],
    ['help?', 'help'],
    ['INFO', 'help'],
    ['yes please', null],
    ['help me with my case', null],
    ['start over', null],
    ['', null],
  ])('%j is %s', (text, keyword) => expect(keywordOf(text)).toBe(keyword));
});
