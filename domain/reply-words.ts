/** What a person wrote in a reply, made comparable. */

const MAX_LENGTH = 10_000;
const REACTION = /^(?:liked|loved|disliked|laughed at|emphasi[sz]ed|questioned|reacted \S+ to) [“"].*[”"]$/is;
/** "On Monday Ben wrote:" in English, Spanish and French. */
const QUOTE_INTRODUCTION = /^(?:on|el|le) .{3,300}(?:wrote|escribió|a écrit)\s?:$/i;
const QUOTE_HEADER = /^(?:-+ ?original message ?-+|_{10,}|from: .{0,300}@.{0,300})$/i;
const SIGNATURE = /^(?:sent from my|sent via|get outlook for|enviado desde mi|envoyé de mon) .{0,100}$/i;
const QUOTED = '>';

/**
 * The text without what it quotes: our own "Reply STOP to opt out" must not opt anybody out. A quote whose lines are
 * marked is left out line by line, because people also write below it; any other goes to the end.
 */
export function newTextOf(text: string): string {
  const all = text.trim();
  if (REACTION.test(all)) return '';
  const lines = joinedIntroductions(
    all
      .split(/\r?\n/)
      .map((line) => line.trim())
      .filter((line) => line !== ''),
  );
  const kept: string[] = [];
  for (const [ix, line] of lines.entries()) {
    if (QUOTE_HEADER.test(line)) break;
    if (QUOTE_INTRODUCTION.test(line)) {
      if (!lines[ix + 1]?.startsWith(QUOTED)) break;
    } else if (!line.startsWith(QUOTED) && !SIGNATURE.test(line)) kept.push(line);
  }
  return kept.join('\n').slice(0, MAX_LENGTH);
}

/** Lower-case words of letters and digits with single spaces: without accents, apostrophes, punctuation and emoji. */
export function wordsOf(text: string): string {
  return text
    .normalize('NFKD')
    .replaceAll(/[\p{M}\p{Cf}'’‘`´]/gu, '')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/** Mail programs break a long introduction over two lines. */
function joinedIntroductions(lines: readonly string[]): string[] {
  const joined: string[] = [];
  for (const line of lines) {
    const last = joined.at(-1);
    const both = `${last} ${line}`;
    if (last !== undefined && QUOTE_INTRODUCTION.test(both) && !QUOTE_INTRODUCTION.test(line))
      joined[joined.length - 1] = both;
    else joined.push(line);
  }
  return joined;
}
