import { newTextOf, wordsOf } from './reply-words';

/** `unclear` pauses the contact until a person has read the reply; nothing goes on by itself. */
export interface Revocation {
  readonly verdict: 'revoke' | 'unclear' | 'none';
  /** The words that decided, in lower case and without accents; they are the person's own and don't belong in logs. */
  readonly matched?: string;
}

export type Keyword = 'stop' | 'start' | 'yes' | 'help';

/** Per-se words of the FCC with those of Twilio, Telnyx, AWS and carriers, misspelt and in Spanish and French; no spaces. */
const STOP_WORDS: ReadonlySet<string> = new Set(
  (
    'stop stopall stopp stpo sotp stoop stopit stopthis stoptexting stopcalling stopmessages stoptexts stopcalls ' +
    'unsubscribe unsubscribed unsubscribeme unsub unsuscribe unsubcribe unsubscibe cancel cancelled end quit revoke ' +
    'optout optmeout optedout remove removeme td halt dnc donotcontact donotcall donottext dontcall donttext nomore ' +
    'leavemealone goaway getlost fuckoff pissoff fuckyou bugoff ' +
    'alto pare paren para parar basta baja darmedebaja dardebaja cancelar detener detengase nomas salir fin ' +
    'arret arrete arretez arreter arretertout desabonner desabonnez desabonnement desinscrire desinscription annuler'
  ).split(' '),
);
const START_WORDS: ReadonlySet<string> = new Set(['start', 'unstop', 'resume']);
const HELP_WORDS: ReadonlySet<string> = new Set(['help', 'info', 'ayuda', 'aide']);

/** Politeness around a stop word doesn't change it. */
const POLITE =
  /\b(?:please|pls|plz|thanks|thank you|thx|ty|now|immediately|asap|already|ok|okay|just|hi|hello|sir|por favor|gracias|ya|merci|svp|bye|sil vous plait)\b/g;

const CONTACTING =
  '(?:te?xt|call|messag|contact|email|mail|writ|phon|ring|send|bother|harass|spamm|bugg|pester|reach|disturb)ing';
const TO_CONTACT =
  '(?:text|txt|call|message|contact|email|e mail|mail|write|phone|ring|bother|harass|spam|bug|disturb)';
const MESSAGES =
  '(?:texts?|txts?|texting|calls?|calling|messages?|messaging|msgs?|emails?|e mails?|mails?|sms|spam|communications?)';
const MANY_MESSAGES = '(?:texts|txts|texting|calls|calling|messages|messaging|msgs|emails|e mails|mails|sms|spam)';
const OF = '(?:the|this|these|those|your|any|anymore|more|all|of|with|further|to|me|us)';
const WANTED =
  '(?:you|to|for|any|anymore|more|further|be|being|get|getting|receive|receiving|have|hear|your|these|those|the|this|so|many|marketing)';
const LISTS = '(?:list|lists|database|system|campaign|texts|messages|calls|emails|contacts)';
/** Whom people complain of in their case, as in "they don't call me". */
const NOT_BY_OTHERS = '(?<!\\b(?:why|they|he|she|it|i|we|you|who|people|company|adjuster|doctor|insurance) )';
const MENSAJES = '(?:mensajes?|llamadas?|textos?|correos?|sms)';
const LLAMEN =
  '(?:llam(?:e|en|es)|escrib(?:a|an|as)|contact(?:e|en|es)|mand(?:e|en|es)|envi(?:e|en|es)|molest(?:e|en|es)|texte(?:e|en|es))';

/** What a reasonable person reads as the end of all contact. */
const REVOKES = patterns(
  `\\b(?:unsub|unsubscribe|unsuscribe|unsubcribe)\\b`,
  `\\bopt(?:ed|ing)? ?(?:me |us )?out\\b(?! of (?:the |a |this |that )?(?:class|settlement|arbitration|lawsuit|plan|study))`,
  `\\b(?:revok|withdraw|rescind)(?:e|ing)? (?:my |our |all |any |prior |previous )*(?:consent|permission|authori[sz]ation)\\b`,
  `\\b(?:told|asked|telling|asking) (?:you|you all|yall) to stop\\b`,
  `\\b(?:remove|delete|erase|scratch) (?:me|us)\\b(?! from (?:the |my |a |an )?(?!(?:\\w+ )?${LISTS}\\b)\\w)`,
  `\\b(?:remove|delete|erase|lose|forget) (?:my|this|our) (?:phone |cell )?(?:number|name|info|information|contact|email|details|data)\\b`,
  `\\b(?:take|get) (?:me|us|my name|my number|my email) (?:off|out of)(?: of)? (?:your |this |the |that |all )?(?:\\w+ )?${LISTS}\\b`,
  `\\btake (?:me|us) off(?: please)?$|\\bleave (?:me|us) alone\\b|\\b(?:do not|dont|stop) us(?:e|ing) this number\\b`,
  `\\b(?:do not (?:call|contact) (?:list|registry)|cease and desist|fuck off|piss off|lawyer up)\\b`,
  `\\b(?:sue|suing|reporting|(?:will|ill|gonna|going to) report) (?:you|yall|your (?:company|firm|office)|this number)\\b`,
  `\\b(?:legal action against you|take you to court|see you in court|hear(?:ing)? from (?:my|our) (?:lawyer|attorney))\\b`,
  `\\b(?:file|filing|filed|report|complain|complaint)(?: \\w+){0,5} (?:fcc|ftc|bbb|state bar|bar association|attorney general)\\b`,
  `\\b(?:you are|youre|your|you keep) harassing (?:me|us)\\b`,
  `\\bno mas ${MENSAJES}\\b`,
  `\\b(?:deje|dejen|pare|paren) de\\b|\\bdejar? de (?:llamar|escribir|molestar|enviar|mandar|textear)\\w*\\b`,
  `\\bbasta de ${MENSAJES}\\b|\\bdej(?:e|en|a)me en paz\\b|\\b(?:dar|de|den)me de baja\\b`,
  `\\b(?:borr|elimin)(?:e|en|a)me\\b|\\b(?:quit|sac)(?:e|en|a)me de (?:la|su|sus|esta|tu) (?:lista|base)\\b`,
  `\\barret(?:e|ez|er) (?:de m|vos|les|ces|tout)`,
  `\\b(?:laissez|laisse|lachez) (?:moi|nous) tranquilles?\\b|\\bplus de (?:messages|sms|textos|appels)\\b`,
  `\\b(?:desabonne|desabonnez|desinscrivez|retirez|enlevez|supprimez)(?: moi| mon numero)\\b`,
);

/** The same, unless what follows narrows it to a time or a channel: "don't call me at work, text me". */
const REVOKES_UNLESS_NARROWED = patterns(
  `\\b(?:stop|stopp|quit|cease)(?: ${OF})* (?:${CONTACTING}|${MESSAGES}|contact)\\b`,
  `${NOT_BY_OTHERS}\\b(?:do not|dont|dnt|do nt|never)(?: ever| you| please)* ${TO_CONTACT}(?: (?:me|us|my|this|here|again|anymore)\\b|$)`,
  `\\bno (?:more|further) ${MESSAGES}\\b|^(?:please )?no ${MANY_MESSAGES}\\b(?! from)`,
  `\\b(?:do not|dont|no longer)(?: \\w+)? (?:want|wish|need|like|care)(?: ${WANTED})* (?:contacted|called|texted|emailed|from you|${MANY_MESSAGES})\\b`,
  `\\b(?:ya )?no (?:me|nos|le|les) ${LLAMEN}\\b|\\bno (?:${LLAMEN}|llamar|escribir)(?: mas)?$`,
  `\\bno (?:quiero|deseo)(?: \\w+){0,4} (?:${MENSAJES}|${LLAMEN})\\b|\\bya no quiero nada\\b`,
  `\\bne (?:me |nous |m)?(?:(?:appelez|ecrivez|envoyez|contactez|textez) (?:plus|pas|jamais)|(?:appelle|ecris|envoie|contacte) (?:plus|jamais))\\b`,
  `\\bne plus (?:me |nous |m)?(?:contacter|appeler|envoyer|ecrire|deranger)\\b|^pas de (?:sms|messages|appels|textos)\\b`,
);
const NARROWS =
  /\b(?:instead|until|till|unless|before|after|only|today|tonight|tomorrow|right now|at work|at night|weekends?|during|while|so early|so late|later|(?:call|text|email) me|ahora|hoy|manana|despues|luego|demain|apres|aujourdhui)\b/;

/** What a person should read before anything goes on. */
const UNCLEAR = patterns(
  `\\b(?:not (?:really |at all )?interested|no longer interested|no interest|no thanks|no thank you|no thx)\\b`,
  `\\b(?:no gracias|no me interesa|no estoy interesad[oa]|non merci|pas interessee?)\\b|^(?:no|nope|nah|non)$`,
  `\\balready (?:have|hired|got|found|retained) (?:\\w+ )?(?:lawyer|attorney|representation)\\b`,
  `\\b(?:this is (?:harassment|spam)|spamming|tcpa|blocking you|blocked you|no mas)\\b`,
  `\\bno ${MANY_MESSAGES}\\b(?! from)|\\b(?:texts?|calls?|emails?) only\\b`,
  `\\byou (?:dont|wont|didnt|never|will not|do not|did not) (?:ever )?stop\\b`,
  `${NOT_BY_OTHERS}\\b(?:do not|dont|never) ${TO_CONTACT}\\b|\\b(?:do not|dont) (?:want|need) (?:a|your|any) (?:call|text|message|email)\\b`,
);
const NEGATED =
  /\b(?:dont|do not|did not|didnt|never|wont|will not|cant|cannot|couldnt|could not|doesnt|does not|would not|wouldnt|not) (?:ever |please |want to |want you to )*(?:stop\w*|quit\w*|cancel\w*|end|unsub\w*|opt(?:ed)? (?:me )?out|remove\w*|revoke\w*|lose|delete)\b/g;
/** Stops of cars and buses, and things that get cancelled: many people write of an accident. */
const OTHER_STOPS =
  /\b(?:bus|truck|pit|traffic|complete|non|one|full|short|next|train|subway|sudden|car|driver|it|he|she|they|i) stop(?:s|ped|ping)?\b|\b(?:failed|had|able|unable|tried|trying|refused|came|come|was|were) (?:to )?(?:a )?stop(?:ped)?\b|\bstop(?:ped|ping)? (?:by|in|over|at|sign|signs|light|lights)\b|\bcancel(?:led|ed)?(?: \w+){0,2} (?:appointment|meeting|consultation|policy|insurance|surgery|flight|card)\b/g;
const LEFT_OVER = patterns(`\\b(?:stop|stopp|cancel|revoke|alto|arretez)\\b`);
const LEFT_OVER_IN_FEW_WORDS = patterns(`\\b(?:end|quit|remove|basta)\\b`);
const FEW_WORDS = 3;

/** Whether a reply ends all contact: exact words first, then phrases. Prefers stopping where both readings are possible. */
export function revocationOf(text: string): Revocation {
  const written = newTextOf(text);
  const exact = stopWordIn(written) ?? stopWordIn(written.replace(/\n.*/s, ''));
  if (exact !== null) return { verdict: 'revoke', matched: exact };
  const words = wordsOf(written);
  const meant = words.replaceAll(NEGATED, ' ');
  const revoking = firstMatch(REVOKES, meant) ?? firstMatch(REVOKES_UNLESS_NARROWED, meant, NARROWS);
  if (revoking !== null) return { verdict: 'revoke', matched: revoking };
  const unclear =
    firstMatch(UNCLEAR, words) ??
    firstMatch(REVOKES_UNLESS_NARROWED, meant) ??
    leftOverIn(meant) ??
    signIn(written, words);
  return unclear === null ? { verdict: 'none' } : { verdict: 'unclear', matched: unclear };
}

/** A reply that is nothing but a keyword. "Yes" opts in only whoever is opted out; to anybody else it is an answer. */
export function keywordOf(text: string): Keyword | null {
  if (stopWordIn(text) !== null) return 'stop';
  const word = wordsOf(text).replaceAll(' ', '');
  if (START_WORDS.has(word)) return 'start';
  if (HELP_WORDS.has(word)) return 'help';
  return word === 'yes' ? 'yes' : null;
}

/** The stop word that the text is, politeness and repetition aside: "S.T.O.P.", "Please stop, thank you", "STOP STOP". */
function stopWordIn(text: string): string | null {
  const words = wordsOf(text)
    .replaceAll(POLITE, ' ')
    .split(' ')
    .filter((word) => word !== '');
  const word = [...new Set(words)].join('');
  const spelled = words.join('');
  return [spelled, word].find((candidate) => STOP_WORDS.has(candidate)) ?? null;
}

function firstMatch(patterns: readonly RegExp[], words: string, unless?: RegExp): string | null {
  for (const pattern of patterns) {
    const match = pattern.exec(words);
    if (match !== null && !unless?.test(words.slice(match.index + match[0].length))) return match[0].trim();
  }
  return null;
}

function leftOverIn(meant: string): string | null {
  const words = meant.replaceAll(OTHER_STOPS, ' ').trim();
  const isShort = words.split(/ +/).length <= FEW_WORDS;
  return firstMatch(isShort ? [...LEFT_OVER, ...LEFT_OVER_IN_FEW_WORDS] : LEFT_OVER, words);
}

/** A stop sign and no word. */
function signIn(text: string, words: string): string | null {
  return words === '' ? (/[🛑🚫⛔]/u.exec(text)?.[0] ?? null) : null;
}

function patterns(...sources: readonly string[]): RegExp[] {
  return sources.map((source) => new RegExp(source));
}
