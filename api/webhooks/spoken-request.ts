/** Longer speech is cut off before it is looked at. */
const MOST_CHARACTERS = 2_000;
const ASKING = '(?:talk|speak|connect|transfer|need|want|get|give|put|have me|let me)';
const SOMEBODY = '(?:human|person|people|someone|somebody|lawyer|attorney|agent|representative|operator|advisor)';
const REQUEST = new RegExp(`\\b${ASKING}\\b[^.?!]{0,40}\\b${SOMEBODY}\\b`, 'i');
const BARE = new RegExp(`^\\W*(?:a |an |the )?(?:real |live )?${SOMEBODY}(?: please)?\\W*$`, 'i');

/** Did somebody on the phone ask for a person? "I have a lawyer already" does not. */
export function asksForPerson(speech: string): boolean {
  const said = speech.slice(0, MOST_CHARACTERS);
  return REQUEST.test(said) || BARE.test(said);
}
